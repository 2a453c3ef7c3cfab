import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { analyze } from '../src/analyze/analyze.js';
import { headersUsedBy } from '../src/analyze/headers-used.js';
import { compile } from '../src/compile/compile.js';
import { parse } from '../src/parse/parse.js';
import { validate } from '../src/validate/validate.js';
import { workload } from './mesh.js';

const file = new URL('../../../conformance/validation.json', import.meta.url);
const recorded: Array<{ document: Record<string, unknown> }> = JSON.parse(readFileSync(file, 'utf8'));

/** Everything that a text goes through before it decides requests. */
function judge(text: string) {
  const { resources, issues } = parse(text, 'rules.yaml');
  const found = [...issues, ...validate(resources)];
  const table = compile(resources, workload);
  return [...found, ...analyze(table, { forwardedHeaders: ['user'] }), headersUsedBy(table)];
}

/** The same text gets the same issues, and none of it throws; every issue has a place in the text. */
export function holdsFor(text: string): void {
  const found = judge(text);
  expect(judge(text)).toEqual(found);
  const lines = text.split('\n').length;
  for (const issue of found) if ('line' in issue) expect(issue.line).toBeLessThanOrEqual(lines);
}

const words = [
  'apiVersion: ',
  'kind: ',
  'VirtualService',
  'spec:\n',
  '  hosts: ',
  '- ',
  '[',
  ']',
  '{',
  '}',
  ', ',
  ': ',
  '\n',
  '  ',
  '---\n',
  '&a ',
  '*a',
  '"',
  "'",
  '|\n',
  '#',
  '!!str ',
  '<<: ',
  '\t',
  '\u0000',
  '\uFEFF',
  '你好',
  '%',
  '? ',
  '*',
];
/** What looks like YAML, and mostly is none. */
const yamlLike = fc
  .array(fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 5 })), { maxLength: 40 })
  .map((parts) => parts.join(''));

/** Values that Istio's fields may meet. */
const leaf = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    '',
    '*',
    '*.a',
    'a.b',
    '10.0.0.1',
    '5s',
    '0s',
    '%REQ(a)%',
    '%',
    '(',
    '.*',
    'a{1000}',
    '__proto__',
    'mesh',
    '~',
    '.',
  ),
  fc.constantFrom<unknown>(null, true, -1, 0, 80, 65536, 2 ** 31, 1e300, 0.5, [], {}, [null], [[]]),
  // Names that every object has: what is made a text or compared must not ask the file for it.
  fc.constantFrom<unknown>(
    { toString: 'a' },
    { valueOf: {} },
    { toJSON: 'a' },
    { constructor: null },
    { length: 1 },
  ),
);

/** A recorded document, as JSON, with one of its values, at any depth, replaced, repeated or renamed. */
export const mutatedDocument = fc
  .tuple(fc.constantFrom(...recorded.map(({ document }) => document)), fc.nat(), fc.nat(3), leaf)
  .map(([document, choice, how, value]) => {
    const copy = structuredClone(document);
    const places = placesOf(copy);
    const place = places[choice % places.length];
    if (place !== undefined) mutate(place, how, value);
    return JSON.stringify(copy);
  });

interface Place {
  owner: Record<string, unknown>;
  key: string;
}

function placesOf(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  const owner = value as Record<string, unknown>;
  return Object.keys(owner).flatMap((key) => [{ owner, key }, ...placesOf(owner[key])]);
}

function mutate({ owner, key }: Place, how: number, value: unknown): void {
  if (how === 0) owner[key] = value;
  else if (how === 1) owner[key] = [owner[key], owner[key]];
  else if (how === 2) owner[`${key}x`] = owner[key];
  else delete owner[key];
}

/** Any text, more often one that is near YAML. */
export const anyText = fc.oneof(yamlLike, fc.string({ unit: 'binary' }));

/** Documents with kinds that are known and contents that are not. */
export const strangeDocument = fc
  .record({
    kind: fc.constantFrom(
      'VirtualService',
      'ServiceEntry',
      'DestinationRule',
      'Service',
      'EndpointSlice',
      'Namespace',
      'List',
      'Other',
    ),
    metadata: fc.jsonValue(),
    spec: fc.jsonValue(),
    items: fc.jsonValue(),
  })
  .map((document) => JSON.stringify({ apiVersion: versionOf(document.kind), ...document }));

function versionOf(kind: string): string {
  if (kind === 'Service') return 'v1';
  return kind === 'EndpointSlice' ? 'discovery.k8s.io/v1' : 'networking.istio.io/v1';
}

/** One to three recorded documents, each with a change. */
export const mutatedDocuments = fc
  .array(mutatedDocument, { minLength: 1, maxLength: 3 })
  .map((texts) => texts.join('\n---\n'));
