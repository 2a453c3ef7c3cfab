import type { FinishedExchange, Outcome } from './exchange.js';
import { Ledger } from './ledger.js';
import { DestinationAnswers } from './mesh/destination-answers.js';
import { shareRows } from './share-rows.js';

const first = 'hello.hello-1:8080';
const second = 'hello.hello-2:8080';
const split = [
  { destination: first, share: 0.9 },
  { destination: second, share: 0.1 },
];

function record(ledger: Ledger, times: number, outcome: Outcome, destination = ''): void {
  for (let index = 0; index < times; index++) {
    const because = { reason: 'rule' };
    const decision = {
      requestId: '',
      kind: 'forward',
      because,
      destination,
      share: 1,
      cluster: '',
      upstream: '',
      flags: '',
      rules: '',
    };
    const exchange: FinishedExchange = {
      sequence: 1,
      requestId: '',
      name: '',
      period: ledger.period.number,
      sentAt: 0,
      latencyMs: 1,
      outcome,
    };
    ledger.record(destination === '' ? exchange : { ...exchange, decision });
  }
}

function answer(text: string): Outcome {
  return { kind: 'answer', text };
}

const failure: Outcome = { kind: 'error', status: 502, message: '' };

function learnt(): DestinationAnswers {
  const answers = new DestinationAnswers();
  answers.learn(first, 'hello 1');
  answers.learn(second, 'hello 2');
  return answers;
}

describe('shareRows', () => {
  it('has nothing to say before the first answer', () => {
    expect(shareRows(new Ledger(0), undefined)).toEqual([]);
  });

  it('shows what was seen where no rule is known', () => {
    const ledger = new Ledger(0);
    record(ledger, 3, answer('hello 10'));
    record(ledger, 1, answer('hello 9'));
    const rows = shareRows(ledger, undefined);
    expect(rows.map(({ title, seen }) => [title, seen])).toEqual([
      ['hello 9', 0.25],
      ['hello 10', 0.75],
    ]);
    expect(rows.every((row) => row.wanted === undefined && row.verdict === undefined)).toBe(true);
  });

  it('sets what is wanted beside it', () => {
    const ledger = new Ledger(0);
    record(ledger, 884, answer('hello 1'), first);
    record(ledger, 116, answer('hello 2'), second);
    expect(shareRows(ledger, learnt().wanted(split))).toMatchObject([
      { title: 'hello 1', seen: 0.884, wanted: 0.9, verdict: 'as-expected', recent: { total: 100 } },
      { title: 'hello 2', seen: 0.116, wanted: 0.1, verdict: 'as-expected' },
    ]);
  });

  it('counts a failure for the version that it was sent to: a dead version does not change the split', () => {
    const ledger = new Ledger(0);
    record(ledger, 900, failure, first);
    record(ledger, 100, answer('hello 2'), second);
    expect(shareRows(ledger, learnt().wanted(split))).toMatchObject([
      { title: 'hello 1', seen: 0.9, failed: 900, verdict: 'as-expected' },
      { title: 'hello 2', seen: 0.1, failed: 0, verdict: 'as-expected' },
      { kind: 'error', seen: 0.9 },
    ]);
  });

  it('believes no split when failures went nobody knows where', () => {
    const ledger = new Ledger(0);
    record(ledger, 900, failure);
    record(ledger, 100, answer('hello 2'), second);
    expect(shareRows(ledger, learnt().wanted(split)).map(({ verdict }) => verdict)).toEqual([
      'hidden-by-errors',
      'hidden-by-errors',
      undefined,
    ]);
  });

  it('names a destination that never answered, and says when it ought to have', () => {
    const ledger = new Ledger(0);
    record(ledger, 200, answer('hello 2'), second);
    const answers = new DestinationAnswers();
    answers.learn(second, 'hello 2');
    expect(shareRows(ledger, answers.wanted(split))).toMatchObject([
      { kind: 'answer', title: 'hello 2', verdict: 'contradicts-the-rule' },
      { kind: 'destination', title: first, wanted: 0.9, verdict: 'contradicts-the-rule' },
    ]);
  });

  it('keeps an answer of before a change in the list, at 0 %', () => {
    const ledger = new Ledger(0);
    record(ledger, 10, answer('hello 2'), second);
    ledger.beginPeriod('rule', 1);
    record(ledger, 40, answer('hello 1'), first);
    expect(shareRows(ledger, learnt().wanted([{ destination: first, share: 1 }]))).toMatchObject([
      { title: 'hello 1', seen: 1, wanted: 1, verdict: 'as-expected' },
      { title: 'hello 2', seen: 0, wanted: 0, verdict: 'as-expected', start: { count: 10, total: 50 } },
    ]);
  });
});
