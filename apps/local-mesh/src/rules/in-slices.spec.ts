import { inSlices } from './in-slices.js';

/** Steps that each take a millisecond of the processor. */
function* busySteps(count: number, onStep: () => void = () => {}): Generator<undefined, string> {
  for (let step = 0; step < count; step++) {
    const end = performance.now() + 1;
    while (performance.now() < end);
    onStep();
    yield;
  }
  return 'done';
}

describe('work in slices', () => {
  it('lets the event loop turn between them, and returns what the last step does', async () => {
    let turns = 0;
    let goesOn = true;
    const turn = (): void => {
      turns++;
      if (goesOn) setImmediate(turn);
    };
    setImmediate(turn);
    await expect(inSlices(busySteps(60), new AbortController().signal)).resolves.toBe('done');
    goesOn = false;
    // 60 steps of a millisecond make at least 12 slices of five.
    expect(turns).toBeGreaterThanOrEqual(12);
  });

  it('takes no step before its caller has gone on, and none after the signal', async () => {
    const stop = new AbortController();
    let steps = 0;
    const work = inSlices(
      busySteps(1000, () => {
        steps++;
        if (steps === 7) stop.abort();
      }),
      stop.signal,
    );
    expect(steps).toBe(0);
    await expect(work).resolves.toBeUndefined();
    expect(steps).toBeLessThan(20);
  });
});
