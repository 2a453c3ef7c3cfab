import { playRandomEdits, refusedShare } from './testing/random-edits.js';

it('edits of 300 random files change what was wanted and nothing else, and few are refused', () => {
  const tally = playRandomEdits(0, 300);
  expect(tally.edits).toBeGreaterThan(1000);
  expect(refusedShare(tally)).toBeLessThan(0.05);
});
