import { decide, outcome, tableOf, to, virtualService } from '../../../test/mesh.js';

const delegate = (http: string, { name = 'leaf', namespace = 'hello-page', more = '' } = {}) =>
  `\napiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: ${name}, namespace: ${namespace}}\nspec: {${more} http: ${http}}\n---`;
const root = (match: string, more = '') =>
  virtualService(`[{name: r, match: [${match}], delegate: {name: leaf}, ${more}}, {${to('t.ext')}}]`);

describe('a delegate', () => {
  it.each([
    { id: 'T64', path: '/a/b', expected: 'one.ext:8080' },
    { id: 'T64', path: '/a/z', expected: 't.ext:8080' },
    { id: 'T64', path: '/other', expected: 't.ext:8080' },
  ])('$id takes the place of the root’s rule: $path goes to $expected', ({ path, expected }) => {
    const leaf = delegate(`[{match: [{uri: {prefix: /a/b}}], ${to('one.ext')}}]`);
    expect(outcome(tableOf(root('{uri: {prefix: /a}}') + leaf), path)).toBe(expected);
  });

  it.each([
    { when: 'missing', leaf: '' },
    {
      when: 'not exported to the root',
      leaf: delegate(`[{${to('one.ext')}}]`, { more: 'exportTo: [other],' }),
    },
    {
      when: 'outside of the root’s prefix',
      leaf: delegate(`[{match: [{uri: {prefix: /b}}], ${to('one.ext')}}]`),
    },
    { when: 'matching by regex', leaf: delegate(`[{match: [{uri: {regex: "/a.*"}}], ${to('one.ext')}}]`) },
    {
      when: 'of another letter-case rule',
      leaf: delegate(`[{match: [{uri: {prefix: /a}, ignoreUriCase: true}], ${to('one.ext')}}]`),
    },
    { when: 'a root itself', leaf: delegate(`[{delegate: {name: leaf}}]`) },
  ])('that is $when leaves the root’s next rule', ({ leaf }) => {
    expect(outcome(tableOf(root('{uri: {prefix: /a}}') + leaf), '/a')).toBe('t.ext:8080');
  });

  it.each([
    { root: '{headers: {user: {exact: a}}}', leaf: '{headers: {user: {exact: a}, x: {}}}', merges: true },
    { root: '{headers: {user: {exact: a}}}', leaf: '{headers: {user: {exact: b}, x: {}}}', merges: false },
    { root: '{headers: {user: {exact: a}}}', leaf: '{headers: {x: {}}}', merges: true },
    { root: '{headers: {user: {prefix: ""}}}', leaf: '{headers: {user: {exact: a}, x: {}}}', merges: false },
    { root: '{headers: {user: {prefix: a}}}', leaf: '{headers: {user: {exact: a}, x: {}}}', merges: true },
    { root: '{headers: {user: {}}}', leaf: '{headers: {user: {exact: a}, x: {}}}', merges: false },
    {
      root: '{port: 8080, headers: {user: {exact: a}}}',
      leaf: '{port: 9090, headers: {x: {}}}',
      merges: false,
    },
    { root: '{sourceNamespace: hello-page}', leaf: '{headers: {x: {}}}', merges: false },
    { root: '{sourceLabels: {app: hello-page}}', leaf: '{headers: {x: {}}}', merges: true },
    { root: '{gateways: [mesh]}', leaf: '{gateways: [other], headers: {x: {}}}', merges: false },
  ])('2.9 root $root and leaf $leaf merge: $merges', ({ root: rootMatch, leaf, merges }) => {
    const table = tableOf(root(rootMatch) + delegate(`[{match: [${leaf}], ${to('one.ext')}}]`));
    expect(outcome(table, { headers: ['user', 'a', 'x', '1'] })).toBe(merges ? 'one.ext:8080' : 't.ext:8080');
    expect(outcome(table, { headers: ['user', 'a'] })).toBe('t.ext:8080');
  });

  it('its own fields win, the root’s stand in for those it lacks, and names are joined', () => {
    const leaf = delegate(`[{name: l, timeout: 1s, match: [{name: m}], ${to('one.ext')}}]`);
    const decision = decide(
      tableOf(root('{name: p, uri: {prefix: /a}}', 'timeout: 9s, rewrite: {uri: /b}') + leaf),
      '/a/x',
    );
    expect(decision).toMatchObject({
      timeoutMs: 1000,
      path: '/b/x',
      because: {
        resource: { name: 'rules' },
        rule: { index: 0, name: 'r-l', delegate: { name: 'leaf' } },
        match: { index: 0, name: 'p-m' },
      },
    });
  });

  it('short names in it are of its own namespace', () => {
    const leaf = delegate(`[{route: [{destination: {host: svc}}]}]`, { namespace: 'team' });
    const rules = virtualService('[{delegate: {name: leaf, namespace: team}}]');
    expect(outcome(tableOf(rules + leaf), '/')).toBe('NC outbound|8080||svc.team.svc.cluster.local');
  });

  it('a delegate that catches everything ends the table', () => {
    const rules = virtualService(
      `[{delegate: {name: leaf}}, {match: [{uri: {prefix: /x}}], ${to('two.ext')}}]`,
    );
    expect(outcome(tableOf(rules + delegate(`[{${to('one.ext')}}]`)), '/x')).toBe('one.ext:8080');
  });
});
