import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { deviationsOf } from '../test/golden/deviations.js';
import { expectGolden } from '../test/golden/golden.js';
import { type Portrait, portraitOf, type Questions } from '../test/golden/portrait.js';
import { type Issue, objectsIn, parse, readYaml } from './index.js';

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

it.each(scenes)('%s: what is said and done', (scene) => {
  const text = textOf(scene);
  const { issues, behaviour } = portraitOf([parse(text, 'rules.yaml')], questionsOf(text));
  expectGolden(`${scene}.txt`, [
    ...new Set(issues.map(placed)),
    ...behaviour.flatMap(({ title, lines }) => ['', title, ...lines.map((line) => `  ${line}`.trimEnd())]),
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
    const outcomes = new Map<string, string[]>();
    for (const { field, value, document } of deviationsOf(first)) {
      const lines = outcomeOf(before, portrait(document)).map(
        (line) => `\n  ${line.replaceAll(` ${field}: `, ': ')}`,
      );
      const key = `${field}\0${lines.join('')}`;
      outcomes.set(key, [...(outcomes.get(key) ?? []), value]);
    }
    expectGolden(
      `${scene}.fields.txt`,
      [...outcomes].map(([key, values]) => key.replace('\0', `: ${values.join(', ')}`)),
    );
  },
);
