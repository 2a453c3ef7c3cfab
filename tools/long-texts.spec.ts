import fc from 'fast-check';
import { longDocuments } from './long-texts/documents.js';
import { readerNames, readInTime } from './long-texts/readers.js';
import { longTexts } from './long-texts/texts.js';

it('no reader hangs over a long text that repeats itself', () => {
  fc.assert(
    fc.property(fc.constantFrom(...readerNames), longTexts(100_000), (name, text) => {
      readInTime(name, text);
    }),
    { seed: 1, numRuns: 200, interruptAfterTimeLimit: 60_000, markInterruptAsFailure: false },
  );
}, 300_000);

it('no reader hangs over a long manifest that has very many of something', () => {
  for (const document of Object.values(longDocuments)) readInTime('a manifest', document(30_000));
}, 300_000);
