import { readYaml } from '../yaml-documents.js';
import { parseDocument } from './parser.js';
import { YamlError } from './reader.js';

/**
 * What kubectl reads of a text, as JSON, where YAML 1.1, YAML 1.2 and their readers differ; undefined: it refuses the text.
 * The answers are those of k8s.io/apimachinery 0.37 with sigs.k8s.io/yaml 1.6 (go.yaml.in/yaml/v2 2.4).
 */
const answers: Array<{ what: string; text: string; read: string | undefined }> = [
  { what: 'a question mark in braces', text: '{regex: /users/?.*}', read: undefined },
  { what: 'a question mark in brackets', text: '[a?b]', read: undefined },
  {
    what: 'a question mark outside of brackets',
    text: 'regex: /users/?.*',
    read: '[{"regex":"/users/?.*"}]',
  },
  { what: 'a question mark in quotes', text: '{regex: "/users/?.*"}', read: '[{"regex":"/users/?.*"}]' },
  { what: 'an address that begins with colons, in brackets', text: '[::1]', read: undefined },
  { what: 'the same in quotes', text: '["::1"]', read: '[["::1"]]' },
  { what: 'the same outside of brackets', text: '- ::1', read: '[["::1"]]' },
  {
    what: 'colons within an address in brackets',
    text: '[1.2.3.4, 2001:db8::]',
    read: '[["1.2.3.4","2001:db8::"]]',
  },
  { what: 'a port in brackets', text: '[a:80]', read: '[["a:80"]]' },
  { what: 'an escaped slash', text: 'a: "\\/b"', read: undefined },
  { what: 'an escaped slash in JSON', text: '{"a": "\\/b"}', read: '[{"a":"/b"}]' },
  { what: 'an escaped apostrophe', text: 'a: "it\\\'s"', read: '[{"a":"it\'s"}]' },
  { what: 'an escape of two digits', text: 'a: "\\x41"', read: '[{"a":"A"}]' },
  { what: 'a surrogate pair by escapes', text: 'a: "\\ud83d\\ude00"', read: undefined },
  { what: 'the same in JSON', text: '{"a": "\\ud83d\\ude00"}', read: '[{"a":"😀"}]' },
  { what: 'an empty key', text: 'a: {: b}', read: undefined },
  { what: 'an empty key with a question mark', text: '? \n: b', read: undefined },
  { what: 'a null as a key', text: 'null: b', read: undefined },
  { what: 'a number as a key', text: '1.10: b', read: '[{"1.1":"b"}]' },
  { what: 'a boolean as a key', text: 'yes: b', read: '[{"true":"b"}]' },
  { what: 'a list as a key', text: '? [a]\n: b', read: undefined },
  { what: 'a tab behind a colon in braces', text: '{a:\tb}', read: '[{"a":"b"}]' },
  { what: 'a tab behind a colon', text: 'a:\tb', read: '[{"a":"b"}]' },
  { what: 'a tab behind a dash', text: '-\tb', read: undefined },
  { what: 'a tab before a comment', text: 'a: b\t# c', read: '[{"a":"b"}]' },
  { what: 'a tab as indentation', text: 'a:\n\tb: c', read: undefined },
  { what: 'a tab as indentation within brackets', text: 'a: [\n\tb\n]', read: '[{"a":["b"]}]' },
  { what: 'a tab at the end of a text', text: 'a: b\t\nc: d', read: '[{"a":"b","c":"d"}]' },
  { what: 'binary', text: 'a: !!binary aGVsbG8=', read: '[{"a":"hello"}]' },
  { what: 'binary that is not base64', text: 'a: !!binary ä', read: undefined },
  { what: "a tag of one's own", text: 'a: !mine b', read: '[{"a":"b"}]' },
  { what: "a tag of one's own on a number", text: 'a: !mine 12', read: '[{"a":"12"}]' },
  { what: "a tag of one's own on an object", text: 'a: !mine {b: c}', read: '[{"a":{"b":"c"}}]' },
  { what: 'a text by its tag', text: 'a: !!str 12', read: '[{"a":"12"}]' },
  { what: 'a number by its tag', text: 'a: !!int "12"', read: '[{"a":12}]' },
  { what: 'a number by its tag that is none', text: 'a: !!int b', read: undefined },
  { what: 'a float by its tag', text: 'a: !!float 1', read: '[{"a":1}]' },
  { what: 'a tag without a blank', text: '[!!str, a]', read: '[["a"]]' },
  { what: 'infinity', text: 'a: .inf', read: undefined },
  { what: 'no number', text: 'a: .nan', read: undefined },
  { what: 'octal', text: 'a: 010', read: '[{"a":8}]' },
  { what: 'octal with an o', text: 'a: 0o10', read: '[{"a":8}]' },
  { what: 'no octal', text: 'a: 08', read: '[{"a":8}]' },
  { what: 'binary digits', text: 'a: 0b11', read: '[{"a":3}]' },
  { what: 'hexadecimal', text: 'a: 0x1F', read: '[{"a":31}]' },
  { what: 'underscores', text: 'a: 1_000', read: '[{"a":1000}]' },
  { what: 'a time of day', text: 'a: 10:30', read: '[{"a":"10:30"}]' },
  { what: 'a date', text: 'a: 2026-01-02', read: '[{"a":"2026-01-02"}]' },
  { what: 'a leading dot', text: 'a: .5', read: '[{"a":0.5}]' },
  { what: 'a leading plus', text: 'a: +1', read: '[{"a":1}]' },
  { what: 'an exponent', text: 'a: 1e3', read: '[{"a":1000}]' },
  { what: 'an exponent without a dot or sign, as in a commit', text: 'a: 12e03', read: '[{"a":12000}]' },
  { what: 'a version', text: 'a: 1.10', read: '[{"a":1.1}]' },
  { what: 'yes', text: 'a: yes', read: '[{"a":true}]' },
  { what: 'y', text: 'a: y', read: '[{"a":true}]' },
  { what: 'on', text: 'a: on', read: '[{"a":true}]' },
  { what: 'yEs', text: 'a: yEs', read: '[{"a":"yEs"}]' },
  { what: 'an empty value', text: 'a:', read: '[{"a":null}]' },
  { what: 'a tilde', text: 'a: ~', read: '[{"a":null}]' },
  { what: 'a comment right behind quotes', text: 'a: "b"# c', read: '[{"a":"b"}]' },
  { what: 'a comment right behind a block indicator', text: 'a: ># c\n  b', read: '[{"a":"b\\n"}]' },
  { what: 'a comment between the lines of a text', text: 'a # c\nb', read: '["a"]' },
  { what: 'text behind a document', text: '[a] ]', read: '[["a"]]' },
  { what: 'text behind the end of a document', text: 'a: b\n...\nc: d', read: '[{"a":"b"}]' },
  { what: 'text behind ---', text: '--- a', read: undefined },
  { what: 'a comment behind ---', text: '--- # a\nb: c', read: '[{"b":"c"}]' },
  { what: 'a directive', text: '%YAML 1.1\n---\na: b', read: undefined },
  { what: 'a directive for YAML 1.2', text: '%YAML 1.2\n---\na: b', read: undefined },
  { what: 'a dash in brackets', text: '[-]', read: '[["-"]]' },
  { what: 'a flow that ends in the first column', text: 'a: [b,\nc]', read: '[{"a":["b","c"]}]' },
  { what: 'a quoted text that goes on in the first column', text: 'a: "b\nc"', read: '[{"a":"b c"}]' },
  { what: 'an object that spans lines as a key', text: '{a\n: b}', read: undefined },
  { what: 'quotes and a colon on the next line', text: '{"a"\n:b}', read: undefined },
  { what: 'an anchor and its alias', text: 'a: &x b\nc: *x', read: '[{"a":"b","c":"b"}]' },
  { what: 'an alias without an anchor', text: 'a: *x', read: undefined },
  { what: 'an anchor in itself', text: 'a: &x [*x]', read: undefined },
  { what: 'an anchor with a colon', text: 'a: &x:y b', read: '[{"a":":y b"}]' },
  {
    what: 'a merge',
    text: 'a: &x {b: 1, c: 2}\nd: {b: 3, <<: *x}',
    read: '[{"a":{"b":1,"c":2},"d":{"b":1,"c":2}}]',
  },
  {
    what: 'a merge before',
    text: 'a: &x {b: 1, c: 2}\nd: {<<: *x, b: 3}',
    read: '[{"a":{"b":1,"c":2},"d":{"b":3,"c":2}}]',
  },
  { what: 'a merge of two', text: 'a: {<<: [{b: 1}, {b: 2, c: 3}]}', read: '[{"a":{"b":1,"c":3}}]' },
  { what: 'a merge of a text', text: 'a: {<<: b}', read: undefined },
  { what: 'a second colon', text: 'a: b: c', read: undefined },
  { what: 'a star at the beginning', text: 'a: *.com', read: undefined },
  { what: 'an at sign at the beginning', text: 'a: @b', read: undefined },
  { what: 'a percent sign at the beginning', text: 'a: %b', read: undefined },
  { what: 'a backquote at the beginning', text: 'a: `b`', read: undefined },
  { what: 'an exclamation mark', text: 'a: !', read: '[{"a":""}]' },
  { what: 'a tag that is not closed', text: 'a: !<tag:yaml.org,2002:str b', read: undefined },
  { what: 'a tag in full', text: 'a: !<tag:yaml.org,2002:str> 1', read: '[{"a":"1"}]' },
  { what: 'a tag that the value is not of', text: 'a: !!float b', read: undefined },
  { what: 'a literal', text: 'a: |\n  b\n   c\n\n', read: '[{"a":"b\\n c\\n"}]' },
  { what: 'a folded one', text: 'a: >-\n  b\n  c\n\n  d\n', read: '[{"a":"b c\\nd"}]' },
  { what: 'one that keeps its end', text: 'a: |+\n  b\n\n', read: '[{"a":"b\\n\\n"}]' },
  { what: 'one with a digit', text: 'a: |1\n  b\n', read: '[{"a":" b\\n"}]' },
  { what: 'one with the digit 0', text: 'a: |0\n  b\n', read: undefined },
  { what: 'a list in the column of its field', text: 'a:\n- b\n-c\n', read: undefined },
  { what: 'a text over two lines', text: 'a: b\n  c\n', read: '[{"a":"b c"}]' },
  { what: 'NEL as a line break', text: 'a: bc: d', read: '[{"a":"b","c":"d"}]' },
];

describe('YAML as kubectl reads it', () => {
  it.each(answers)('$what', ({ text, read }) => {
    const { documents, issues } = readYaml(text, 'a.yaml');
    const isRefused = issues.some(({ severity }) => severity === 'error');
    expect(isRefused ? undefined : documents.map(({ value }) => value)).toEqual(
      read === undefined ? undefined : JSON.parse(read),
    );
  });

  it.each([
    ['[a] ]\n', 1, 5],
    ['a: b\n...\nc: d\n', 3, 1],
    ['a: b\n... c\n', 2, 5],
  ])('warns of text that kubectl passes over in silence: %j', (text, line, column) => {
    expect(readYaml(text, 'a.yaml').issues).toEqual([
      expect.objectContaining({ code: 'yaml-text-ignored', severity: 'warning', line, column }),
    ]);
  });

  it('goes on behind a line that kubectl takes for no separator', () => {
    const { documents, issues } = readYaml('a: 1\n---\nb: 2\n--- c\nd: 3\n---\ne: 4\n', 'a.yaml');
    expect(documents.map(({ value }) => value)).toEqual([{ a: 1 }, { b: 2 }, { e: 4 }]);
    expect(issues).toEqual([expect.objectContaining({ code: 'yaml-syntax', line: 4, column: 1 })]);
  });
});

it.each(['[', '[a', '[- ', '{a: b', '- [b', '? [b'])(
  'a bracket that is not closed at the very end, without a line break: %s',
  (text) => {
    expect(() => parseDocument(text)).toThrow(YamlError);
  },
);
