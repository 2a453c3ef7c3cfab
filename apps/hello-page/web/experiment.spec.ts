import { Experiment } from './experiment.js';
import type { RequestDecision } from './mesh/decision-event.js';
import type { Explanation } from './mesh/mesh-client.js';

const first = 'hello.hello-1:8080';
const second = 'hello.hello-2:8080';
const explanation: Explanation = {
  kind: 'forward',
  because: { reason: 'rule' },
  destinations: [
    { destination: first, share: 0.9 },
    { destination: second, share: 0.1 },
  ],
};
const rules = { hash: 'a', loadedAt: '2026-01-01T00:00:00Z', issues: [], refused: false };

function decision(requestId: string, destination: string): RequestDecision {
  return {
    requestId,
    destination,
    kind: 'forward',
    because: { reason: 'rule' },
    share: 1,
    cluster: '',
    upstream: '',
    flags: '',
    rules: 'a',
  };
}

function answer(experiment: Experiment, requestId: string, text: string, now = 0): void {
  experiment.finish(experiment.send(requestId, '', now), { kind: 'answer', text }, 3);
}

describe('Experiment', () => {
  it.each(['before', 'after'])(
    'learns whose answer it is when the mesh tells %s the answer comes',
    (when) => {
      const experiment = new Experiment(0);
      experiment.explain(explanation);
      const exchange = experiment.send('id', '', 0);
      if (when === 'before') experiment.decide(decision('id', first));
      experiment.finish(exchange, { kind: 'answer', text: 'hello 1' }, 3);
      if (when === 'after') experiment.decide(decision('id', first));
      expect(experiment.wanted?.shares.get('hello 1')).toBe(0.9);
      expect(experiment.history.withRequestId('id')?.decision?.destination).toBe(first);
    },
  );

  it('tells an explanation that is awaited from one that the mesh does not give', () => {
    const experiment = new Experiment(0);
    expect(experiment.isExplanationAwaited).toBe(true);
    experiment.explain(explanation);
    expect(experiment).toMatchObject({ explanation, isExplanationAwaited: false });
    experiment.changeName(1);
    expect(experiment).toMatchObject({ explanation: undefined, isExplanationAwaited: true });
    experiment.explain(undefined);
    expect(experiment).toMatchObject({ explanation: undefined, isExplanationAwaited: false });
  });

  it('learns nothing from requests that are not its own', () => {
    const experiment = new Experiment(0);
    experiment.explain(explanation);
    experiment.decide(decision('of somebody else', first));
    answer(experiment, 'mine', 'hello 1');
    expect(experiment.wanted?.shares.size).toBe(0);
  });

  it('begins a period when other rules are in force, not when the same ones are read again', () => {
    const experiment = new Experiment(0);
    expect(experiment.observeRules(rules, 1)).toBe(false);
    expect(experiment.observeRules({ ...rules, loadedAt: 'later' }, 2)).toBe(false);
    experiment.explain(explanation);
    answer(experiment, 'old', 'hello 1', 2);
    expect(experiment.observeRules({ ...rules, hash: 'b' }, 3000)).toBe(true);
    expect(experiment.ledger.period).toMatchObject({ cause: 'rule', since: 3000, requests: 0 });
    expect(experiment.wanted).toBeUndefined();
    expect(experiment.series(4000).marks).toEqual([{ at: 3, cause: 'rule' }]);
    expect(experiment.ledger.total.requests).toBe(1);
  });

  it('knows the answers of destinations across a change, so that the new shares show at once', () => {
    const experiment = new Experiment(0);
    experiment.observeRules(rules, 1);
    answer(experiment, 'id', 'hello 1');
    experiment.decide(decision('id', first));
    experiment.observeRules({ ...rules, hash: 'b' }, 2);
    experiment.explain({ ...explanation, destinations: [{ destination: first, share: 0.5 }] });
    expect(experiment.wanted?.shares.get('hello 1')).toBe(0.5);
  });

  it('begins a period when the name changes', () => {
    const experiment = new Experiment(0);
    experiment.changeName(7);
    expect(experiment.ledger.period).toMatchObject({ cause: 'name', since: 7 });
  });

  it('forgets on reset, and what was on its way then does not count', () => {
    const experiment = new Experiment(0);
    answer(experiment, 'id', 'hello 1');
    const late = experiment.send('late', '', 0);
    experiment.reset(5);
    experiment.finish(late, { kind: 'answer', text: 'hello 1' }, 3);
    expect(experiment.rows()).toEqual([]);
    expect([experiment.history.newest, experiment.ledger.total.requests]).toEqual([0, 0]);
    expect(experiment.series(1000).times).toEqual([]);
  });

  it('remembers no more than it must, however long it runs', () => {
    const experiment = new Experiment(0);
    for (let index = 0; index < 10_000; index++) answer(experiment, `id-${index}`, 'hello 1', index * 20);
    expect(experiment.history.withRequestId('id-0')).toBeUndefined();
    expect(experiment.ledger.total.requests).toBe(10_000);
    expect(experiment.series(200_000).times.length).toBeLessThanOrEqual(300);
  });
});
