import fc from 'fast-check';
import { longTexts, readerNames, readInTime } from './long-texts.js';

it('no reader hangs over a megabyte that repeats itself', () => {
  const slowest: Array<[ms: number, name: string, text: string]> = [];
  fc.assert(
    fc.property(readerNames, longTexts(1_000_000), (name, text) => {
      const ms = Math.round(readInTime(name, text));
      slowest.push([ms, name, `${text.slice(0, 12)}...${text.slice(-6)}`]);
      slowest.sort(([a], [b]) => b - a).splice(20);
    }),
    { numRuns: 3000 },
  );
  console.info(slowest.map((row) => JSON.stringify(row)).join('\n'));
});
