import { requestOf, rulesOf, tableOf, to, virtualService } from '../../test/mesh.js';
import { route } from '../route/route.js';
import { describeRules, ruleLine } from './describe-rules.js';

const http = `
  - match: [{headers: {user: {exact: test}}}, {uri: {prefix: /beta}, queryParams: {v: {exact: "2"}}}]
    ${to('one.ext')}
  - match: [{headers: {tenant: {regex: "b.*"}}}]
    redirect: {uri: /elsewhere, redirectCode: 307}
  - match: [{uri: {prefix: /}}, {method: {exact: PUT}}]
    directResponse: {status: 503}
  - route: [{destination: {host: one.ext}, weight: 1}, {destination: {host: two.ext}, weight: 2}]`;

describe('rules in words', () => {
  const table = rulesOf(http);
  const [description] = describeRules(table).filter(({ hosts }) => hosts.includes('t.ext'));

  it('have a line each, with every match', () => {
    expect(description?.rules.map(ruleLine)).toEqual([
      'header user exactly "test" or path starting with "/beta" and query parameter v exactly "2" -> one.ext:8080',
      'header tenant matching the regex "b.*" -> redirect 307',
      'path starting with "/" or method exactly "PUT" -> answer 503',
      'any request -> one.ext 33.33 %, two.ext 66.67 %',
    ]);
  });

  it('have requests that they decide for, one for each match but regular expressions', () => {
    const requests = description?.rules.map((rule) => rule.requests()) ?? [];
    expect(requests.map((list) => list.length)).toEqual([2, 0, 2, 1]);
    expect(requests[0]).toEqual([
      requestOf({ headers: ['user', 'test'], authority: 't.ext' }),
      requestOf({ path: '/beta?v=2', authority: 't.ext' }),
    ]);
    const decided = requests
      .slice(0, 3)
      .map((list) => list.map((request) => route(table, request, 0).because.rule?.location.line));
    const [first, , third] = description?.rules.map(({ location }) => location.line) ?? [];
    expect(decided).toEqual([[first, first], [], [third, third]]);
  });
});

it('the requests go to a port at which the rules decide', () => {
  const other = virtualService(`[{match: [{port: 9090}], ${to('one.ext')}}]`, {
    hosts: '["*.wild.ext"]',
    name: 'wild',
  });
  const entry = `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: wild, namespace: hello-page}
spec: {hosts: ["*.wild.ext"], resolution: NONE, ports: [{number: 7070, name: http, protocol: HTTP}, {number: 9090, name: http2, protocol: HTTP}]}
`;
  const table = tableOf(`${entry}---${other}`);
  const [description] = describeRules(table);
  expect(description?.rules.map((rule) => rule.requests())).toEqual([
    [{ method: 'GET', scheme: 'http', authority: 'any.wild.ext', port: 9090, path: '/', headers: [] }],
  ]);
});
