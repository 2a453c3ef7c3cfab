import { readYaml } from './yaml-documents.js';
import { nodeAt, type YamlNode } from './yaml-node.js';

/** The node at a path of the first document, and its piece of the text. */
function written(text: string, ...path: (string | number)[]): { node: YamlNode | undefined; text: string } {
  const node = nodeAt(readYaml(text, 'a.yaml').documents[0]?.source.node, path);
  return { node, text: node === undefined ? '' : text.slice(node.start, node.end) };
}

describe('a node', () => {
  const ranges: Array<[string, string, string[], string]> = [
    ['a plain scalar', 'a: 90 # ninety\n', ['a'], '90'],
    ['a quoted scalar', `a: '9''0' # x\n`, ['a'], `'9''0'`],
    ['a scalar behind a tag and an anchor', 'a: !!int &x 0x5A\n', ['a'], '0x5A'],
    ['an alias', 'b: &x 1\na: *x\n', ['a'], '*x'],
    ['a folded scalar', 'a: >-\n  b\n  c\nd: e\n', ['a'], '  b\n  c\n'],
    ['a block mapping', 'a:\n  b: 1\n  c: {d: 2} # x\ne: 3\n', ['a'], 'b: 1\n  c: {d: 2}'],
    ['a block sequence', 'a:\n- 1\n-\n  b: "c"\ne: 3\n', ['a'], '- 1\n-\n  b: "c"'],
    ['a flow mapping', 'a: { b: 1, # x }\n  c: , } # y\n', ['a'], '{ b: 1, # x }\n  c: , }'],
    ['a flow sequence with a trailing comma', 'a: [1, [2], ] # y\n', ['a'], '[1, [2], ]'],
    ['an empty flow mapping', 'a: {} # y\n', ['a'], '{}'],
    ['an empty value', 'a:\nb: 1\n', ['a'], ''],
    ['JSON with tabs', '{\n\t"a":\t[{"b": 1}\n\t] }', ['a'], '[{"b": 1}\n\t]'],
    ['a value after a byte order mark', '\uFEFFa: 1\r\nb: 2\r\n', ['b'], '2'],
  ];
  it.each(ranges)('%s has its range', (_, text, path, expected) => {
    expect(written(text, ...path).text).toBe(expected);
  });

  it('counts from the start of the file, in each document and each item of a List', () => {
    const text = 'a: 1\n---\nkind: List\nitems:\n- b: 2\n- b: 3\n';
    const [, list] = readYaml(text, 'a.yaml').documents;
    expect(list?.source.item(1).node).toMatchObject({ start: text.lastIndexOf('b: 3') });
    expect(list?.source.item(1).locatePath(['b'])).toMatchObject({ line: 6, column: 3 });
  });

  it('tells anchors, the values of aliases, and where properties start', () => {
    const text = 'a: !!map &x {c: 1}\nb: *x\n';
    expect(written(text, 'a').node).toMatchObject({
      anchor: 'x',
      outerStart: 3,
      style: 'flow',
      isShared: true,
    });
    const { node } = written(text, 'b');
    expect(node).toMatchObject({
      kind: 'alias',
      anchor: 'x',
      start: text.indexOf('*x'),
      end: text.length - 1,
    });
    expect(written(text, 'b', 'c').text).toBe('1');
  });

  it('forgets anchors at the end of their document', () => {
    const { documents, issues } = readYaml('a: &x 1\n---\nb: *x\n', 'a.yaml');
    expect(documents).toHaveLength(1);
    expect(issues).toEqual([expect.objectContaining({ code: 'yaml-syntax', line: 3 })]);
  });
});
