import fc from 'fast-check';
import { longDocuments } from './long-texts/documents.js';
import { readerNames, readInTime } from './long-texts/readers.js';
import { longTexts } from './long-texts/texts.js';

const length = 1_000_000;
/** SOAK_TEXTS tries another number of them, SOAK_SEED the same ones again. */
const texts = Number(process.env.SOAK_TEXTS ?? 3000);
const seed = Number(process.env.SOAK_SEED ?? Date.now() % 2 ** 31);

/** The most processor time that each reader took, in ms, and over what. */
class Slowest {
  readonly #readers = new Map<string, [ms: number, text: string]>();

  add(reader: string, ms: number, text: string): void {
    if (ms > (this.#readers.get(reader)?.[0] ?? -1)) this.#readers.set(reader, [Math.round(ms), text]);
  }

  print(): void {
    const rows = [...this.#readers].sort(([, [a]], [, [b]]) => b - a);
    console.info(rows.map(([name, [ms, text]]) => `${ms} ms ${name}: ${text}`).join('\n'));
  }
}

it(`no reader hangs over a megabyte that repeats itself (seed ${seed})`, () => {
  const slowest = new Slowest();
  fc.assert(
    fc.property(fc.constantFrom(...readerNames), longTexts(length), (name, text) => {
      slowest.add(name, readInTime(name, text), JSON.stringify(`${text.slice(0, 12)}...${text.slice(-6)}`));
    }),
    { seed, numRuns: texts },
  );
  slowest.print();
});

/** Ten times the length takes ten times the time, not a hundred times; the rest is room for collecting garbage. */
const mostGrowth = 30;

it('the time for a manifest with very many of something grows with their number', () => {
  const slowest = new Slowest();
  const steep: string[] = [];
  for (const [what, document] of Object.entries(longDocuments)) {
    const short = readInTime('a manifest', document(length / 10));
    const long = readInTime('a manifest', document(length));
    slowest.add(what, long, `${Math.round(short)} ms for a tenth of it`);
    if (long > mostGrowth * Math.max(short, 10)) steep.push(what);
  }
  slowest.print();
  expect(steep).toEqual([]);
});
