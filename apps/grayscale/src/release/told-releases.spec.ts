import {
  type JournalEntry,
  type NoteKind,
  phases,
  type ReleaseReport,
  type StepReport,
} from '@grayscale/release';
import { Random } from '@grayscale/seeded-random';
import { expectGolden } from '../../../../tools/golden/golden.js';
import { eventLine, eventObject } from './event-line.js';
import { reportLines } from './report-text.js';

const golden = (name: string) => new URL(`../../test/golden/${name}.txt`, import.meta.url);

function stepFrom(random: Random, state: StepReport['state']): StepReport {
  return {
    percent: random.one([0, 0.5, 10, 33.333, 100]),
    pause: random.is(0.3),
    state,
    held: random.one([0, 1, 500, 59_000, 60_000, 61_000]),
    hold: random.one([0, 60_000, 3_600_000]),
    requests: random.one([0, 1, 499, 1000, 2000]),
    requestsNeeded: random.one([0, 0, 1000, 12_345_678]),
  };
}

function reportFrom(random: Random): ReleaseReport {
  const states = random.one([
    ['done', 'current', 'ahead'],
    ['done', 'left', 'ahead'],
    ['done', 'done', 'done'],
    ['current'],
  ] as const);
  const kind = random.one(['ratio', 'ceiling', 'swallowed'] as const);
  return {
    release: 'hello-page/hello-2',
    run: random.one([1, 12]),
    phase: random.one(phases),
    ...(random.is(0.5) && { because: { reason: 'paused', message: 'paused by command' } as const }),
    step: 1,
    steps: states.map((state) => stepFrom(random, state)),
    wanted: random.one([0, 12.5, 100]),
    targets: [
      { httpRoute: 'hello-page/hello', stable: 'a', canary: 'b', written: random.one([0, 12.5]) },
      { virtualService: 'hello-page/other', stable: 'a', canary: 'b', written: 50 },
    ].slice(0, random.one([1, 2])),
    observed: random.one([
      [],
      [{ stable: 'a', canary: 'b', requests: 0 }],
      [{ stable: 'a', canary: 'b', requests: 12_345, share: 9.6, low: 8.1, high: 11.3 }],
      [{ stable: 'a', canary: 'b', requests: 5, share: 9.6, low: 8.1 }],
      [{ stable: 'a', canary: 'b', requests: 5, share: 9.6, high: 8.1 }],
    ]),
    guards: [
      {
        guard: 'failures',
        kind,
        ...(kind !== 'swallowed' && { outcome: random.one(['failed', 'gave-up'] as const), limit: 1.5 }),
        stable: { requests: 1000, bad: 0 },
        canary: { requests: 1000, bad: 10 },
        evidence: random.one([0, 0.0123, 39.99, 40, 99.6, 100, 999_999, 1_000_000, 2.5e9]),
        needed: random.one([400, 1_000_000]),
        message: 'the canary fails 1 % of 1,000 requests',
      },
    ].slice(0, random.one([0, 1])),
    startedAt: 0,
    now: 1000,
  };
}

it('where a release stands', () => {
  const random = new Random(6);
  const lines = Array.from({ length: 120 }, () => [
    '',
    ...reportLines(reportFrom(random), (style, text) => `<${style} ${text}>`),
  ]);
  expectGolden(golden('reports'), lines.flat());
});

const ops: readonly JournalEntry['op'][] = [
  'start',
  'intent',
  'done',
  'observe',
  'command',
  'pause',
  'abort',
  'undo',
  'drift',
  'plan',
  'finish',
];
const notes: readonly NoteKind[] = [
  'abort',
  'pause',
  'drift',
  'refused',
  'warning',
  'advance',
  'resume',
  'undo',
  'in-force',
  'webhook',
  'plan',
  'finish',
];

function* entries(): Generator<JournalEntry> {
  const common = { run: 3, seq: 7, at: Date.UTC(2026, 0, 2, 3, 4, 5, 678) };
  const message = 'in words';
  for (const op of ops) {
    yield { ...common, op };
    yield { ...common, op, message };
    yield { ...common, op, message, rejected: true };
    yield { ...common, op, message, rejected: false, recovered: true };
    yield { ...common, op, message, recovered: false, exec: 'failed' };
    yield { ...common, op, message, exec: 'done', state: { percent: 12.5, phase: 'paused' } };
    yield { ...common, op, purpose: 'step', percent: 50, state: { percent: 0 } };
  }
  for (const note of notes) yield { ...common, op: 'observe', note, message, state: { phase: 'paused' } };
}

it('what a journal tells people and programs', () => {
  const lines = [...entries()].flatMap((entry) => [
    // The time is the machine's own: its zone is not ours to say.
    eventLine(entry)?.replace(/^\d\d:\d\d:05 {2}/, 'TIME  ') ?? 'nothing',
    `  ${JSON.stringify(eventObject('hello-page/hello-2', entry))}`,
  ]);
  expectGolden(golden('journal'), lines);
});
