import type { JournalEntry } from '@grayscale/release';
import { eventOf } from './event-recorder.js';

const entry = (details: Partial<JournalEntry>): JournalEntry => ({
  op: 'observe',
  run: 2,
  seq: 3,
  at: 0,
  ...details,
});

it.each([
  ['the start of a run', { op: 'start' }, { type: 'Normal', reason: 'Started', note: 'run 2 has started' }],
  [
    'a step that was passed',
    { op: 'intent', note: 'advance', message: '25 % -> 50 %', percent: 50 },
    { type: 'Normal', reason: 'StepPassed', note: '25 % -> 50 %' },
  ],
  [
    'a write without a note',
    { op: 'intent', percent: 25 },
    { reason: 'Writing', note: 'writing 25 % to the canary' },
  ],
  [
    'an abort',
    { op: 'abort', note: 'abort', message: 'bad' },
    { type: 'Warning', reason: 'Aborted', note: 'bad' },
  ],
  [
    'drift',
    { op: 'drift', note: 'drift', message: 'argocd' },
    { type: 'Warning', reason: 'Drift', note: 'argocd' },
  ],
  [
    'a refused plan',
    { op: 'plan', rejected: true, message: 'no' },
    { type: 'Warning', reason: 'PlanRefused', note: 'no' },
  ],
  [
    'a followed plan',
    { op: 'plan', note: 'plan', message: 'new' },
    { type: 'Normal', reason: 'PlanChanged' },
  ],
  [
    'a refused command',
    { op: 'command', rejected: true, message: 'no' },
    { reason: 'CommandRejected', note: 'no' },
  ],
  [
    'the end of an aborted run',
    { op: 'finish', note: 'finish', message: 'back', outcome: 'aborted' },
    { type: 'Warning', note: 'aborted: back' },
  ],
] as [string, Partial<JournalEntry>, object][])('%s is an Event', (_, details, event) => {
  expect(eventOf(entry(details))).toMatchObject(event);
});

it.each([
  ['a look', {}],
  ['a write that was done', { op: 'done' }],
] as [string, Partial<JournalEntry>][])('%s is none', (_, details) => {
  expect(eventOf(entry(details))).toBeUndefined();
});
