import fc from 'fast-check';
import { anyText, holdsFor, mutatedDocuments, strangeDocument } from '../test/hostile-text.js';

/** Another million each time; a failure prints the seed with which it comes again. */
describe('a million documents are read, checked and compiled without an exception', () => {
  it.each([
    ['any text', anyText, 200_000],
    ['any values in a document', strangeDocument, 200_000],
    ['recorded documents with a change', mutatedDocuments, 600_000],
  ])('%s', (_, documents, numRuns) => {
    fc.assert(fc.property(documents, holdsFor), { numRuns });
  });
});
