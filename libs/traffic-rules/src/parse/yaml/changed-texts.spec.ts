import { expectGolden } from '../../../../../tools/golden/golden.js';
import { readYaml } from '../yaml-documents.js';
import type { YamlNode } from '../yaml-node.js';

/** Between them every form of YAML that a manifest may have, each as short as it goes. */
const texts: Readonly<Record<string, string>> = {
  'block mapping': 'a: 1\nb:\n  c: x y # z\n  d:\n\n  e: ~\n',
  'block sequence': 'a:\n- 1\n-  b: c\n   d: e\n- - x\n  - y\n',
  'flow collections': '{a: [1, b c, {d: e}, ], "f": {g, h: },\n i: }',
  'explicit keys': '? a\n: b\n? "c"\n',
  'plain scalars': 'a: b:c d#e -f ?g\n  h\n\n  i\nj: k\n',
  'single quotes': "a: 'b''c\n  d \n\n  e'\n",
  'double quotes': 'a: "\\tb\\x41\\u00e9\\\n  c\n\n d \\"e"\n',
  literal: 'a: |2-\n    b\n   c\n\n\nd: e\n',
  'literal that is kept': 'a: |+ # b\n  c\n\nd: |\n\n  e\n\t f',
  folded: 'a: >\n  b\n  c\n\n   d\n  e\n  \n  f\n',
  'anchors and aliases': 'a: &x {b: c}\nd: *x\ne: &y f\ng: [*y, *x]\n',
  merges: 'a: &x {b: 1}\nc:\n  <<: [*x, {d: 2}]\n  b: 3\n',
  tags: 'a: !!str 1\nb: !x [c]\nd: !!int "0x1f"\ne: !<tag:yaml.org,2002:float> 2\n',
  numbers: '[012, 0b11, 0x1F, 1_0, -1.5e3, +.5, 1., .inf, 0o7, 1:30]',
  words: '[yes, No, on, OFF, y, ~, Null, TRUE, <<, =]',
  documents: '%YAML 1.1\n---\na: b\n...\n# c\n---\nd: e\n--- \nf\n',
  comments: '# a\nb: c # d\n# e\nf: "g" # h\n[i]: j # k\n',
  'line breaks': 'a: b\r\nc: |\r\n  d\r\n  e\re: "f\r\n  g"\n',
  'byte order mark': '\uFEFFa: b\n---\n\uFEFFc: d\n',
  JSON: '{"a": [1, -2.5e+1, true, null, "b\\u00e9\\n"],\n\t"c": {}}',
};

/** What a change puts in, in turn. */
const inserted = [
  ':',
  ' ',
  '\n',
  '"',
  '#',
  '-',
  '\t',
  ',',
  '[',
  '}',
  "'",
  '&',
  '*',
  '!',
  '|',
  '?',
  '%',
  '\\',
  '0',
  '\u0007',
];

const changes: ReadonlyArray<readonly [name: string, change: (text: string, at: number) => string]> = [
  ['without the character', (text, at) => text.slice(0, at) + text.slice(at + 1)],
  ['cut off', (text, at) => text.slice(0, at)],
  ['with one more', (text, at) => text.slice(0, at) + inserted[at % inserted.length] + text.slice(at)],
];

/** The value, or why there is none, and where each node stands. */
function outcome(text: string): string {
  const { documents, issues } = readYaml(text, 'a.yaml');
  return [
    ...documents.map(
      ({ value, source: { line, column, node } }) =>
        `${line}:${column} ${JSON.stringify(value)} ${node === undefined ? '' : written(node)}`,
    ),
    ...issues.map(({ severity, line, column, message }) => `${severity} ${line}:${column} ${message}`),
  ].join(' ; ');
}

function written({
  kind,
  style,
  start,
  end,
  outerStart,
  anchor,
  isShared,
  target,
  fields,
  items,
}: YamlNode): string {
  const properties = `${outerStart === start ? '' : `${outerStart}<`}${start}-${end}`;
  const names = `${anchor === undefined ? '' : ` &${anchor}`}${isShared ? ' shared' : ''}${target === undefined ? '' : ` at ${target.start}`}`;
  const within = [...fields.values()].map(({ key, value }) => `${written(key)}: ${written(value)}`);
  const parts = [...within, ...items.map(written)];
  return `${kind === 'scalar' ? '' : `${kind} `}${style} ${properties}${names}${parts.length === 0 ? '' : ` (${parts.join(', ')})`}`;
}

it.each(Object.entries(texts))('%s: what is read of the text with any character changed', (name, text) => {
  const lines = changes.flatMap(([change, changed]) => [
    change,
    ...Array.from(text, (_, at) => `  ${at} ${outcome(changed(text, at))}`),
  ]);
  expectGolden(new URL(`../../../test/golden/yaml/${name.replaceAll(' ', '-')}.txt`, import.meta.url), [
    JSON.stringify(text),
    outcome(text),
    '',
    ...lines,
  ]);
});
