import fc from 'fast-check';
import { longTexts, readerNames, readInTime } from './long-texts.js';

it('no reader hangs over a long text that repeats itself', () => {
  fc.assert(
    fc.property(readerNames, longTexts(100_000), (name, text) => {
      readInTime(name, text);
    }),
    { seed: 1, numRuns: 150, interruptAfterTimeLimit: 60_000, markInterruptAsFailure: false },
  );
}, 300_000);
