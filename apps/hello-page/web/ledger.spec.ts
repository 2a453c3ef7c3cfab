import type { FinishedExchange, Outcome } from './exchange.js';
import { Ledger, recentCount } from './ledger.js';

let sequence = 0;

function finished(outcome: Outcome, fields: Partial<FinishedExchange> = {}): FinishedExchange {
  sequence++;
  return {
    sequence,
    requestId: `id-${sequence}`,
    name: '',
    period: 0,
    sentAt: 0,
    latencyMs: 5,
    outcome,
    ...fields,
  };
}

const one: Outcome = { kind: 'answer', text: 'hello 1' };
const two: Outcome = { kind: 'answer', text: 'hello 2' };
const refused: Outcome = { kind: 'error', status: 502, message: 'connection refused' };
const decision = {
  requestId: 'x',
  destination: 'hello.hello-1:8080',
  kind: 'forward',
  share: 0.9,
  cluster: '',
  upstream: '',
  flags: '',
  rules: '',
  because: { reason: 'rule' },
};

describe('Ledger', () => {
  it('counts answers and errors since the start and in the period', () => {
    const ledger = new Ledger(0);
    for (const outcome of [one, one, two, refused]) ledger.record(finished(outcome));
    for (const tally of [ledger.total, ledger.period, ledger.recent()]) {
      expect(tally).toMatchObject({ requests: 4, errors: 1 });
      expect([...tally.answers]).toEqual([
        ['hello 1', 2],
        ['hello 2', 1],
      ]);
      expect([...tally.statuses]).toEqual([[502, 1]]);
    }
  });

  it('keeps what was sent before a rule changed out of the new period, even when it ends later', () => {
    const ledger = new Ledger(0);
    ledger.record(finished(one));
    ledger.beginPeriod('rule', 1000);
    ledger.record(finished(one, { period: 0 }));
    ledger.record(finished(two, { period: 1 }));
    expect(ledger.total.requests).toBe(3);
    expect(ledger.period).toMatchObject({ number: 1, cause: 'rule', since: 1000, requests: 1 });
    expect([...ledger.period.answers]).toEqual([['hello 2', 1]]);
  });

  it('covers only the latest requests, however many there were', () => {
    const ledger = new Ledger(0);
    for (let index = 0; index < 2000; index++) ledger.record(finished(one));
    for (let index = 0; index < recentCount; index++) ledger.record(finished(two));
    expect([...ledger.recent().answers]).toEqual([['hello 2', recentCount]]);
    expect(ledger.total.requests).toBe(2000 + recentCount);
  });

  it('attributes a failure once, whether the decision comes before or after the outcome', () => {
    const ledger = new Ledger(0);
    ledger.record(finished(refused, { decision }));
    const late = finished(refused);
    ledger.record(late);
    ledger.recordDecision({ ...late, decision });
    ledger.recordDecision(finished(one, { decision }));
    expect([...ledger.period.failuresByDestination]).toEqual([['hello.hello-1:8080', 2]]);
  });

  it('forgets all of it on reset, and opens a new period', () => {
    const ledger = new Ledger(0);
    ledger.record(finished(one));
    ledger.reset(5);
    ledger.record(finished(one, { period: 0 }));
    expect(ledger.period).toMatchObject({ number: 1, cause: 'start', since: 5, requests: 0 });
  });

  it('gives latencies of what was seen', () => {
    const ledger = new Ledger(0);
    expect(ledger.latency(50)).toBeUndefined();
    for (const latencyMs of [30, 10, 20]) ledger.record(finished(one, { latencyMs }));
    expect([ledger.latency(50), ledger.latency(95)]).toEqual([20, 30]);
  });
});
