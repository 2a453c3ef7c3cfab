import type { Json } from '@grayscale/release';
import { packed, unpacked } from './packed-content.js';
import { emptyContent, withEntry } from './record-content.js';

const state = {
  version: 1,
  run: 1,
  seq: 3,
  now: 7,
  percent: 25,
  phase: 'progressing',
  why: 'größer „als“ 灰',
};

it('is read back as it was, whatever text is in it', () => {
  const content = withEntry(emptyContent, { op: 'start', run: 1, seq: 0, at: 5, state, plan: { name: 'p' } });
  expect(packed(content)).toMatch(/^[A-Za-z0-9+/]+=*$/);
  expect(unpacked(packed(content))).toEqual(content);
});

it('many decisions that resemble each other take a few kilobytes', () => {
  let content = emptyContent;
  for (let seq = 0; seq < 60; seq += 1)
    content = withEntry(content, {
      op: 'intent',
      run: 1,
      seq,
      at: 1_795_684_128_868 + 7919 * seq * seq,
      message: `${seq} % -> ${seq + 1} %  hello-ext-svc  ${(seq * 7919) % 613} canary requests, 0 failed (0-0.96 %), stable 0 %`,
      state,
    });
  expect(JSON.stringify(content).length).toBeGreaterThan(10_000);
  expect(packed(content).length).toBeLessThan(4000);
});

it.each<[string, Json | undefined]>([
  ['nothing', undefined],
  ['a text', 'text'],
  ['a truncated text', packed(emptyContent).slice(0, 40)],
  ['an object', { version: 1, entries: [] }],
  ['a later version', packed({ ...emptyContent, version: 2 as 1 })],
])('%s is not a record', (_, value) => {
  expect(unpacked(value)).toBeUndefined();
});
