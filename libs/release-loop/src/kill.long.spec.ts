import { Random } from '@grayscale/seeded-random';
import { killedRun, plannedShares } from './testing/kill-run.js';

it('a release that is killed again and again writes every share once and in order, and loses no count', async () => {
  const random = new Random(1);
  const run = await killedRun(random);
  process.stderr.write(`${run.kills} kills, ${run.betweenIntentAndDone} between intent and done\n`);
  expect(run.kills).toBeGreaterThan(10);
  expect(run.betweenIntentAndDone).toBeGreaterThan(2);
  expect(run.written).toEqual(plannedShares);
  expect(run.seen).toEqual(run.seen.toSorted((a, b) => a - b));
  expect(run.seen.at(-1)).toBe(100);
  // Not each: a file that is replaced twice in a moment is read once.
  expect(run.seen.length).toBeGreaterThan(5);
  expect(run.counted).toBe(run.true);
  expect(run.rule.after).toContain('- name: percent   # keeps its comment\n');
  expect(run.rule.after).not.toContain('grayscale-');
  expect(run.rule.undone).toBe(run.rule.before);
});
