import fc from 'fast-check';
import { anyText, holdsFor, mutatedDocuments, strangeDocument } from '../test/hostile-text.js';

/** A part of the soak (`npm run test:soak`), the same one every time. */
const part = { seed: 1, interruptAfterTimeLimit: 20_000, markInterruptAsFailure: false };

describe('parse, validate, compile and analyze never throw and always say the same', () => {
  it('for any text', () => {
    fc.assert(fc.property(anyText, holdsFor), { ...part, numRuns: 300 });
  });

  it('for any values in a document', () => {
    fc.assert(fc.property(strangeDocument, holdsFor), { ...part, numRuns: 150 });
  });

  it('for recorded documents with a change', () => {
    fc.assert(fc.property(mutatedDocuments, holdsFor), { ...part, numRuns: 600 });
  });
});
