import { receive } from './receive.js';
import { planOf, World } from './testing/world.js';

describe('what reaches a release that did not wait for it', () => {
  const { plan, state, now } = new World(planOf());
  const answer = { kind: 'webhook-answer', key: 'another', ok: true, message: '200' } as const;
  const refusal = { kind: 'write-refused', seq: 99, message: 'forbidden' } as const;

  it.each([answer, refusal])('changes nothing, and is not told: %j', (event) => {
    expect(receive(plan, state, event, now)).toEqual({ kind: 'received', state, notes: [] });
  });

  it.each([
    [-1000, 0],
    [0, 0],
    [1000, 1000],
  ])('turns no clock back: %i ms later', (later, turned) => {
    const received = receive(plan, state, answer, now + later);
    expect(received).toMatchObject({ state: { now: now + turned } });
  });
});
