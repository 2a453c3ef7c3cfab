import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { outcomesOfFields } from '../../../tools/golden/deviations.js';
import { expectGolden } from '../../../tools/golden/golden.js';
import { choicesIn } from '../test/golden/choices.js';
import { type Portrait, portraitOf, type Questions } from '../test/golden/portrait.js';
import { type Issue, objectsIn, parse, readYaml, validate } from './index.js';

const folder = new URL('../test/golden/', import.meta.url);
const scenes = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => name.replace(/\.yaml$/, ''));

const textOf = (scene: string) => readFileSync(new URL(`${scene}.yaml`, folder), 'utf8');

/** `# ask ...` and `# as NAMESPACE` in a scene's comments. */
function questionsOf(text: string): Questions {
  const asked = [...text.matchAll(/^# ask (.+)$/gm)].map(([, question = '']) => question);
  return { asked, namespace: /^# as (.+)$/m.exec(text)?.[1] ?? 'shop' };
}

function documentsOf(text: string): Record<string, unknown>[] {
  return readYaml(text, 'rules.yaml').documents.flatMap((document) =>
    [...objectsIn(document)].map(({ value }) => value as Record<string, unknown>),
  );
}

const issueLine = ({ severity, code, resource, path, message }: Issue) =>
  `${severity} ${code} ${resource.split(' ')[0]} ${path}: ${message}`;
const placed = (issue: Issue) => `${issue.line}:${issue.column} ${issueLine(issue)}`;

function linesOf({ issues, behaviour }: Portrait): Set<string> {
  return new Set([
    ...issues.map(issueLine),
    ...behaviour.flatMap(({ title, lines }) => lines.map((line) => `${title} | ${withoutPlaces(line)}`)),
  ]);
}

/** A changed document stands on one line, where each change moves what is behind it. */
function withoutPlaces(line: string): string {
  return line.replace(/"line":1,"column":\d+|(?<=rules\.yaml):1:\d+/g, '');
}

/** What a change of the document adds and, where it is refused, by which words. */
function outcomeOf(before: Portrait, after: Portrait): string[] {
  if (after.behaviour.length === 0) return after.issues.filter(isError).map(issueLine);
  const [old, fresh] = [linesOf(before), linesOf(after)];
  const added = [...fresh].filter((line) => !old.has(line));
  const removed = [...old].filter((line) => !fresh.has(line));
  if (added.length + removed.length === 0) return [];
  return [...added.slice(0, most).map(shortened), digestOf([...added, ...removed])];
}

const isError = ({ severity }: Issue) => severity === 'error';
const most = 3;

function shortened(line: string): string {
  return line.length > 160 ? `${line.slice(0, 160)}…` : line;
}

/** Of all lines of a change, those that are not shown among them. */
function digestOf(lines: readonly string[]): string {
  const digest = createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 8);
  return `${lines.length} lines, ${digest}`;
}

/** What is said otherwise of the same documents when they come from a cluster, with the field that stands for the place. */
function saidOfObjects(text: string, before: Portrait): string[] {
  const objects = documentsOf(text).map((document) => {
    const { kind, metadata } = document as { kind: string; metadata?: { name?: string } };
    return parse(JSON.stringify(document), `${kind} ${metadata?.name} (cluster)`, 'object');
  });
  const known = new Set(before.issues.map(issueLine));
  return portraitOf(objects, questionsOf(text))
    .issues.filter((issue) => !known.has(issueLine(issue)))
    .map((issue) => `${issue.file} ${issue.field}: ${issueLine(issue)}`);
}

it.each(scenes)('%s: what is said and done', (scene) => {
  const text = textOf(scene);
  const portrait = portraitOf([parse(text, 'rules.yaml')], questionsOf(text));
  const sections = [
    ...portrait.behaviour,
    { title: 'as objects of a cluster', lines: saidOfObjects(text, portrait) },
  ];
  expectGolden(new URL(`${scene}.txt`, folder), [
    ...new Set(portrait.issues.map(placed)),
    ...sections.flatMap(({ title, lines }) => ['', title, ...lines.map((line) => `  ${line}`.trimEnd())]),
  ]);
});

it.each(scenes.filter((scene) => !/^# whole$/m.test(textOf(scene))))(
  '%s: what each field of its first document changes',
  (scene) => {
    const text = textOf(scene);
    const questions = questionsOf(text);
    const [first = {}, ...others] = documentsOf(text);
    const context = parse(others.map((one) => JSON.stringify(one)).join('\n---\n'), 'context.yaml');
    const portrait = (document: unknown) =>
      portraitOf([parse(JSON.stringify(document), 'rules.yaml'), context], questions);
    const before = portrait(first);
    expectGolden(
      new URL(`${scene}.fields.txt`, folder),
      outcomesOfFields(first, choicesIn(first), (document) => outcomeOf(before, portrait(document))),
    );
  },
);

it.each(['validation', 'api-server'])('what is said of the recorded documents of %s.json', (name) => {
  const file = new URL(`../../../conformance/${name}.json`, import.meta.url);
  const recorded = JSON.parse(readFileSync(file, 'utf8')) as { id: string; document: unknown }[];
  expectGolden(
    new URL(`recorded-${name}.txt`, folder),
    recorded.flatMap(({ id, document }) => {
      const { resources, issues, apiServerIssues } = parse(JSON.stringify(document), 'rules.yaml');
      const found = [...issues, ...validate(resources), ...apiServerIssues];
      return [id, ...found.map((issue) => `  ${issueLine(issue)}`)];
    }),
  );
});
