// node tools/yaml-suite.ts FOLDER: puts the YAML test suite (https://github.com/yaml/yaml-test-suite, its folder src) to our reader and
// compares what it reads with kubectl's answers, which yaml-suite.answers.json records: a digest of the JSON, or "refused".
// Run by hand; the suite's texts are not in this repository.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { readYaml } from '../libs/traffic-rules/dist/index.js';

const [folder = 'src'] = process.argv.slice(2);
const answers: Record<string, string> = JSON.parse(
  readFileSync(new URL('yaml-suite.answers.json', import.meta.url), 'utf8'),
);

/** The suite writes blanks, tabs and line ends that would be overlooked as signs. */
function withBlanks(text: string): string {
  return text
    .replaceAll('␣', ' ')
    .replace(/—{0,3}»/g, '\t')
    .replaceAll('←', '\r')
    .replaceAll('⇔', '\uFEFF')
    .replaceAll('↵', '')
    .replace(/∎\n?$/, '');
}

/** The answer in the form of the recorded ones; the order of fields does not count. */
function answerTo(text: string): string {
  const { documents, issues } = readYaml(text, 'suite.yaml');
  if (issues.some(({ severity }) => severity === 'error')) return 'refused';
  const values = documents.map(({ value }) => value);
  const json = JSON.stringify(values, (_, value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
  return createHash('sha256').update(json).digest('hex').slice(0, 16);
}

let same = 0;
const different: string[] = [];
for (const file of readdirSync(folder).filter((name) => name.endsWith('.yaml'))) {
  const cases: Array<{ yaml?: string; name?: string }> = parse(readFileSync(join(folder, file), 'utf8'));
  for (const [index, { yaml, name }] of cases.entries()) {
    if (yaml === undefined) continue;
    const id = basename(file, '.yaml') + (cases.length > 1 ? `/${index}` : '');
    if (answerTo(withBlanks(yaml)) === answers[id]) same += 1;
    else different.push(`${id} ${name ?? ''}`);
  }
}
const refused = Object.values(answers).filter((answer) => answer === 'refused').length;
console.log(`${same} of ${Object.keys(answers).length} answers are kubectl's (it refuses ${refused}).`);
for (const line of different) console.log(`different: ${line}`);
if (same !== Object.keys(answers).length) process.exitCode = 1;
