import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { expectGolden } from '../../../tools/golden/golden.js';
import { type Portrait, portraitOf, type Section } from '../test/golden/portrait.js';
import { type Issue, objectsIn, type Parsed, parse, readYaml } from './index.js';

interface RecordedCase {
  id: string;
  config: string;
  /** MeshConfig, as YAML. */
  mesh?: string;
  proxy?: 'gateway';
  exchanges: Array<{
    request: {
      method?: string;
      host?: string;
      port: number;
      path?: string;
      headers?: string[][];
      raw?: string;
    };
  }>;
}

const recordings = new URL('../../../conformance/', import.meta.url);
const areas = ['traffic', 'http', 'tcp', 'scope', 'gateways', 'gwapi', 'httproute'];
const fixture = parsed('fixture.yaml');
const gatewayFixture = parsed('fixture-gateway.yaml');

function parsed(name: string): Parsed {
  return parse(readFileSync(new URL(name, recordings), 'utf8'), name);
}

function casesOf(area: string): RecordedCase[] {
  const folder = new URL(`${area}/`, recordings);
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const { documents } = readYaml(readFileSync(new URL(name, folder), 'utf8'), name);
      return documents.flatMap((document) =>
        [...objectsIn(document)].map(({ value }) => value as RecordedCase),
      );
    });
}

function portraitOfCase({ id, config, mesh, proxy, exchanges }: RecordedCase): Portrait {
  const texts = [
    fixture,
    ...(proxy === 'gateway' ? [gatewayFixture] : []),
    parse(config, `${id}.yaml`),
    ...(mesh === undefined ? [] : [parse(mesh, 'mesh.yaml', 'mesh-config')]),
  ];
  const asked = exchanges.flatMap(({ request }) => questionOf(request) ?? []);
  return portraitOf(texts, { asked: [...new Set(asked)], namespace: 'hello-page' });
}

function questionOf({
  method = 'GET',
  host = '',
  port,
  path = '/',
  headers = [],
  raw,
}: RecordedCase['exchanges'][number]['request']): string | undefined {
  const url = `http://${/:\d+$/.test(host) ? host : `${host}:${port}`}${path}`;
  if (raw !== undefined || host === '' || !URL.canParse(url)) return undefined;
  const [header = []] = headers;
  return `${method} ${url} ${header.join(': ')}`.trim();
}

const issueLine = ({ severity, code, resource, path, message }: Issue) =>
  `  ${severity} ${code} ${resource} ${path}: ${message}`;

/** Its second line, which tells more than the first, and a digest of all. */
function sectionLine({ title, lines }: Section): string {
  const digest = createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 8);
  const [, second = ''] = lines;
  return `  ${title.slice(0, 100)} | ${second.trim().slice(0, 80)} | ${digest}`;
}

const linesOf = ({ issues, behaviour }: Portrait) => [
  ...new Set([...issues.map(issueLine), ...behaviour.map(sectionLine)]),
];

/** What is so without the case: its lines, whoever the client is. */
const usual = new Set(linesOf(portraitOf([fixture, gatewayFixture], { asked: [], namespace: 'hello-page' })));
const isUsual = (line: string) => usual.has(line.replace(/^ {2}gateway \d+, /, '  '));

it.each(areas)('what is said and done of the recorded cases of %s', (area) => {
  expectGolden(
    new URL(`../test/golden/recorded-${area}.txt`, import.meta.url),
    casesOf(area).flatMap((one) => [
      one.id,
      ...linesOf(portraitOfCase(one)).filter((line) => !isUsual(line)),
    ]),
  );
});
