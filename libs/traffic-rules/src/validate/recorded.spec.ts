import { readFileSync } from 'node:fs';
import { toldInWords } from '../../test/issues.js';
import type { IssueCode } from '../issue-codes.js';
import { parse } from '../parse/parse.js';
import { validate } from './validate.js';

interface Recorded {
  id: string;
  document: unknown;
  valid: boolean;
  errors: string[];
  warnings: string[];
}

const file = new URL('../../../../conformance/validation.json', import.meta.url);
const recorded: Recorded[] = JSON.parse(readFileSync(file, 'utf8'));

function issuesOf({ id, document }: Recorded) {
  const { resources, issues } = parse(JSON.stringify(document), `${id}.json`);
  return [...issues, ...validate(resources)].map(toldInWords);
}

const errorsOf = (row: Recorded) => issuesOf(row).filter(({ severity }) => severity === 'error');
const refused = recorded.filter(({ valid }) => !valid);

/** Istio's words for each refusal, and what we call it. */
const meanings: ReadonlyArray<readonly [RegExp, ...IssueCode[]]> = [
  [/^invalid destination host \*|^invalid host \*|^domain name /, 'host-invalid', 'gateway-name-invalid'],
  [/^empty domain name/, 'host-invalid', 'destination-missing'],
  [/^duplicate hosts/, 'host-duplicate'],
  [/^http, tcp or tls must/, 'rules-missing'],
  [/unknown field/, 'field-unknown'],
  [/cannot unmarshal/, 'field-wrong-type'],
  [/unknown value/, 'field-unknown-value'],
  [/bad Duration/, 'duration-syntax'],
  [/^total destination weight/, 'weights-zero'],
  [/^weight -1/, 'weight-negative'],
  [/^destination is required/, 'destination-missing'],
  [/^port number/, 'port-invalid'],
  [/^subset name/, 'subset-name-invalid'],
  [/^duplicate subset/, 'subset-duplicate'],
  [/^HTTP route, redirect/, 'action-missing'],
  [/^redirect must/, 'redirect-invalid'],
  [/^HTTP status/, 'status-invalid'],
  [/string match should not be empty/, 'match-value-empty', 'regex-invalid'],
  [/error parsing regexp/, 'regex-invalid'],
  [/^header name cannot/, 'header-name-invalid'],
  [/^invalid tag key/, 'label-invalid'],
  [/^invalid value for gateway/, 'gateway-name-invalid'],
  [/^duration must|^max_age/, 'duration-invalid'],
  [/^http retry policy|^attempts/, 'retries-invalid'],
  [/^percentage |^mirror_percentage/, 'percentage-invalid'],
  [/^exponentialDelay/, 'fault-invalid'],
  [/rewrite may only|UriRegexRewrite/, 'rewrite-invalid'],
  [/both mirror and mirrors|^root HTTP route/, 'action-conflict'],
  [/^header value/, 'header-value-invalid'],
  [/not a supported HTTP method/, 'cors-invalid'],
  [/allowed as exportTo/, 'export-to-invalid'],
  [/must have at least one host/, 'host-missing'],
  [/^no endpoints should/, 'endpoints-not-allowed'],
  [/^endpoint address|^address is required|^endpoint port|^there must only be/, 'endpoint-invalid'],
  [/^invalid port name/, 'port-name-invalid'],
  [/^unsupported protocol/, 'protocol-unknown'],
  [/^service entry port/, 'port-duplicate'],
  [/is not a valid IP$/, 'address-invalid'],
  [/^cookie attribute/, 'load-balancer-invalid'],
  [/InsecureSkipVerify/, 'client-tls-invalid'],
  [/using waypoints/, 'endpoints-not-allowed'],
];

function meaningOf(error: string): readonly string[] {
  const [, ...codes] = meanings.find(([words]) => words.test(error)) ?? [];
  return codes;
}

/** The field that Istio's error is about, told by the first name of each document's deviation. */
const paths: Readonly<Record<string, string>> = {
  'host-port': 'spec.hosts[0]',
  'host-dup': 'spec.hosts[1]',
  'no-rules': 'spec',
  'unknown-field': 'spec.htttp',
  'unknown-match-field': 'spec.http[0].match[0].url',
  'wrong-type-hosts': 'spec.hosts',
  'w-zero-all': 'spec.http[0].route',
  'w-too-huge': 'spec.http[0].route[0].weight',
  'dest-star': 'spec.http[0].route[0].destination.host',
  'dest-port-0': 'spec.http[0].route[0].destination.port.number',
  'dest-subset-bad': 'spec.http[0].route[0].destination.subset',
  'rule-direct-99': 'spec.http[0].directResponse.status',
  'rule-redirect-empty': 'spec.http[0].redirect',
  'm-scheme-prefix-empty': 'spec.http[0].match[0].scheme.prefix',
  'm-regex-lookahead': 'spec.http[0].match[0].uri.regex',
  'm-port-big': 'spec.http[0].match[0].port',
  'm-source-labels-bad': 'spec.http[0].match[0].sourceLabels["a b"]',
  'm-gateways-bad': 'spec.http[0].match[0].gateways[0]',
  'gateways-bad': 'spec.gateways[0]',
  'timeout-zero': 'spec.http[0].timeout',
  'timeout-num': 'spec.http[0].timeout',
  'retries-neg': 'spec.http[0].retries.attempts',
  'retries-per-try-0': 'spec.http[0].retries.perTryTimeout',
  'fault-abort-101': 'spec.http[0].fault.abort.percentage.value',
  'fault-abort-199': 'spec.http[0].fault.abort.httpStatus',
  'fault-delay-exponential': 'spec.http[0].fault.delay.exponentialDelay',
  'mirror-pct-101': 'spec.http[0].mirrorPercentage.value',
  'headers-newline': 'spec.http[0].headers.request.set.a',
  'cors-method-bad': 'spec.http[0].corsPolicy.allowMethods[0]',
  'delegate-and-route': 'spec.http[0].route',
  'exportTo-bad': 'spec.exportTo[0]',
  'se-no-hosts': 'spec.hosts',
  'se-static-fqdn-endpoint': 'spec.endpoints[0].address',
  'se-resolution-bad': 'spec.resolution',
  'se-port-0': 'spec.ports[0].number',
  'se-port-bad-protocol': 'spec.ports[0].protocol',
  'se-port-dup-number': 'spec.ports[1].number',
  'se-endpoint-unknown-port-name': 'spec.endpoints[0].ports.web',
  'se-endpoint-labels-bad': 'spec.endpoints[0].labels["a b"]',
  'se-addresses-bad': 'spec.addresses[0]',
  'dr-no-host': 'spec.host',
  'dr-subset-dup': 'spec.subsets[1].name',
  'dr-lb-bad': 'spec.trafficPolicy.loadBalancer.simple',
  'verdict-dr-cookie-attribute-empty':
    'spec.trafficPolicy.loadBalancer.consistentHash.httpCookie.attributes[0]',
  'verdict-dr-mutual-skipverify-san': 'spec.trafficPolicy.tls.subjectAltNames',
  'verdict-se-dynamicdns-waypoint': 'spec.location',
  'verdict-vs-unknown-root-field': 'spce',
};

/** Without what only the API server refuses: it stands in `apiServerIssues`. */
describe('the verdicts of a real Istio', () => {
  it.each(recorded)('$id', (row) => {
    expect({ valid: errorsOf(row).length === 0 }).toEqual({ valid: row.valid });
  });

  it.each(refused)('$id: an error with the meaning of each of Istio’s', (row) => {
    const codes = errorsOf(row).map(({ code }) => code);
    const missing = row.errors.filter(
      (error) => !meaningOf(error).some((code) => codes.includes(code as IssueCode)),
    );
    expect(missing).toEqual([]);
  });

  it.each(Object.entries(paths))('%s: the error is at %s', (id, path) => {
    const row = recorded.find((candidate) => candidate.id === id);
    expect(row && errorsOf(row).map((issue) => issue.path)).toContain(path);
  });

  it.each(recorded.filter(({ warnings }) => warnings.length > 0))('$id: warns as Istio does', (row) => {
    expect(issuesOf(row).map(({ severity }) => severity)).toContain('warning');
  });

  it.each(refused)('$id: names a place in the file and what to write', (row) => {
    for (const issue of errorsOf(row)) {
      expect(issue).toMatchObject({
        file: `${row.id}.json`,
        line: 1,
        path: expect.stringMatching(/^sp(ec|ce)/),
      });
      expect(issue.message).toMatch(
        /\b(write|keep|leave|give|use|add|did you mean|there twice|needs|its ports are|the fields here are)\b/i,
      );
    }
  });
});
