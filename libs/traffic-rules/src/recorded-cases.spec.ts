import { readdirSync, readFileSync } from 'node:fs';
import { type Deviation, deviationsOf } from '../../../tools/golden/deviations.js';
import { expectGolden } from '../../../tools/golden/golden.js';
import { choicesIn } from '../test/golden/choices.js';
import { digestOf, issueLine, outcomeOf } from '../test/golden/outcome.js';
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

function documentsOf(text: string): Record<string, unknown>[] {
  return readYaml(text, 'rules.yaml').documents.flatMap((document) =>
    [...objectsIn(document)].map(({ value }) => value as Record<string, unknown>),
  );
}

function casesOf(area: string): RecordedCase[] {
  const folder = new URL(`${area}/`, recordings);
  return readdirSync(folder)
    .sort()
    .flatMap((name) => documentsOf(readFileSync(new URL(name, folder), 'utf8')) as unknown as RecordedCase[]);
}

/** @param rules in place of those of the case */
function portraitOfCase({ config, mesh, proxy, exchanges }: RecordedCase, rules = config): Portrait {
  const texts = [
    fixture,
    ...(proxy === 'gateway' ? [gatewayFixture] : []),
    parse(rules, 'rules.yaml'),
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

const saidLine = (issue: Issue) => `  ${issue.resource.replace(/^\S+ /, '')} ${issueLine(issue)}`;

/** Its second line, which tells more than the first, and a digest of all. */
function sectionLine({ title, lines }: Section): string {
  const [, second = ''] = lines;
  return `  ${title.slice(0, 100)} | ${second.trim().slice(0, 80)} | ${digestOf(lines)}`;
}

const linesOf = ({ issues, behaviour }: Portrait) => [
  ...new Set([...issues.map(saidLine), ...behaviour.map(sectionLine)]),
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

/** One document to a line, so that a change of one moves no other. */
const onLines = (documents: readonly unknown[]) =>
  documents.map((one) => JSON.stringify(one)).join('\n---\n');

/** Two of them, other ones for each case. */
function drawn<T>(list: readonly T[], at: number): T[] {
  const one = (at * 7919) % list.length;
  return list.filter((_, index) => index === one || index === (one + (list.length >> 1)) % list.length);
}

/** A few changes of one field each, anywhere in the rules, and what comes of them. */
function* changesOf(recorded: RecordedCase, at: number): Generator<string> {
  const documents = documentsOf(recorded.config);
  const before = portraitOfCase(recorded, onLines(documents));
  const changes = documents.flatMap((document, index) =>
    [...deviationsOf(document, choicesIn(document))].map((change): Deviation & { index: number } => ({
      ...change,
      index,
    })),
  );
  for (const { index, field, value, document } of drawn(changes, at)) {
    const after = portraitOfCase(
      recorded,
      onLines(documents.with(index, document as Record<string, unknown>)),
    );
    yield `  ${documents[index]?.kind} ${field}: ${value}`;
    yield* outcomeOf(before, after).map((line) => `    ${line}`);
  }
}

it.each(areas)('what a change of any field changes in the recorded cases of %s', (area) => {
  expectGolden(
    new URL(`../test/golden/recorded-${area}.changes.txt`, import.meta.url),
    casesOf(area).flatMap((recorded, at) => [recorded.id, ...changesOf(recorded, at)]),
  );
});
