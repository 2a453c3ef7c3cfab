import { readdirSync, readFileSync } from 'node:fs';
import { outcomesOfFields } from '../../../tools/golden/deviations.js';
import { expectGolden } from '../../../tools/golden/golden.js';
import { choicesIn } from '../test/golden/choices.js';
import { issueLine, outcomeOf } from '../test/golden/outcome.js';
import { type Portrait, portraitOf, type Questions } from '../test/golden/portrait.js';
import { type Issue, objectsIn, parse, readYaml, validate } from './index.js';

const folder = new URL('../test/golden/', import.meta.url);
const scenes = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => name.replace(/\.yaml$/, ''));

const textOf = (scene: string) => readFileSync(new URL(`${scene}.yaml`, folder), 'utf8');

/** `# ask ...`, `# as NAMESPACE` and `# assumed` in a scene's comments. */
function questionsOf(text: string): Questions {
  const asked = [...text.matchAll(/^# ask (.+)$/gm)].map(([, question = '']) => question);
  const assumeServices = /^# assumed$/m.test(text);
  return { asked, assumeServices, namespace: /^# as (.+)$/m.exec(text)?.[1] ?? 'shop' };
}

function documentsOf(text: string): Record<string, unknown>[] {
  return readYaml(text, 'rules.yaml').documents.flatMap((document) =>
    [...objectsIn(document)].map(({ value }) => value as Record<string, unknown>),
  );
}

const placed = (issue: Issue) => `${issue.line}:${issue.column} ${issueLine(issue)}`;

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
