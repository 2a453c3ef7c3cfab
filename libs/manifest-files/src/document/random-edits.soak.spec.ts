import { playRandomEdits, refusedShare, tallyText } from './testing/random-edits.js';

it('edits of 100,000 random files change what was wanted and nothing else, and few are refused', () => {
  const tally = playRandomEdits(0, 100_000);
  process.stdout.write(`${tallyText(tally)}\n`);
  expect(tally.documents).toBe(100_000);
  expect(refusedShare(tally)).toBeLessThan(0.05);
});
