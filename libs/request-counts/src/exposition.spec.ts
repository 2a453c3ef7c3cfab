import fc from 'fast-check';
import { parseExposition } from './exposition.js';

const read = (text: string) => parseExposition(text, new Set(['m']));

it.each([
  { text: 'm 5', sample: { labels: {}, value: 5 } },
  { text: 'm{} 5 1712345678901', sample: { labels: {}, value: 5 } },
  { text: 'm{a="b",} 5', sample: { labels: { a: 'b' }, value: 5 } },
  { text: 'm{ a = "b" , c="d" }\t1e3', sample: { labels: { a: 'b', c: 'd' }, value: 1000 } },
  {
    text: 'm{a="} 7 # {x=\\"y\\"} \\\\ \\n,"} 5',
    sample: { labels: { a: '} 7 # {x="y"} \\ \n,' }, value: 5 },
  },
  { text: 'm{a="b"} 5 # {trace_id="c"} 0.3 1.5', sample: { labels: { a: 'b' }, value: 5 } },
  { text: 'm{le="+Inf"} +Inf', sample: { labels: { le: '+Inf' }, value: Number.POSITIVE_INFINITY } },
  { text: 'other 1\r\nm 5\r\n# EOF', sample: { labels: {}, value: 5 } },
])('$text', ({ text, sample }) => {
  expect(read(text)).toEqual([{ name: 'm', ...sample }]);
});

it('metrics that were not asked for are not looked at', () => {
  expect(read('mm{broken 1\nn 2\n')).toEqual([]);
});

it.each(['m{a="b" 5', 'm{a=b} 5', 'm{a="b"c="d"} 5', 'm', 'm{a="b"} five', 'm{a="b'])(
  '%s is refused with its line',
  (text) => {
    expect(() => read(`n 1\n${text}`)).toThrow(/^line 2 cannot be read: m/);
  },
);

it('label values of any kind come back as they were', () => {
  const name = fc.stringMatching(/^[a-z_]\w{0,5}$/);
  fc.assert(
    fc.property(fc.dictionary(name, fc.string({ unit: 'binary' })), fc.nat(), (labels, value) => {
      const escaped = (text: string) =>
        text.replace(/\\/g, '\\\\').replace(/\n/g, '\\n').replace(/"/g, '\\"');
      const written = Object.entries(labels).map(([key, text]) => `${key}="${escaped(text)}"`);
      expect(read(`m{${written.join(',')}} ${value}`)).toEqual([{ name: 'm', labels: { ...labels }, value }]);
    }),
  );
});
