import fc, { type Arbitrary } from 'fast-check';
import { anyText, holdsFor, mutatedDocuments, strangeDocument } from '../test/hostile-text.js';

/** SOAK_DOCUMENTS takes another number of them, SOAK_SEED the same ones again. */
const count = Number(process.env.SOAK_DOCUMENTS ?? 1_000_000);
const seed = Number(process.env.SOAK_SEED ?? Date.now() % 2 ** 31);
const batch = 10_000;

const kinds: Array<[what: string, documents: Arbitrary<string>, share: number]> = [
  ['recorded documents with a change', mutatedDocuments, 0.6],
  ['any values in a document', strangeDocument, 0.2],
  ['any text', anyText, 0.2],
];

/** In batches, and each is told: a run that is ended early has counted for something. */
describe(`${count} documents are read, checked and compiled without an exception (seed ${seed})`, () => {
  it.each(kinds)('%s', (what, documents, share) => {
    for (let taken = 0; taken < count * share; taken += batch) {
      const numRuns = Math.min(batch, count * share - taken);
      fc.assert(fc.property(documents, holdsFor), { numRuns, seed: seed + taken });
      process.stdout.write(`${what}: ${taken + numRuns}\n`);
    }
  });
});
