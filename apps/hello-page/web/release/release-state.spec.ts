import { releaseMessages } from './i18n/release-languages.js';
import { commandNames, parseFaults, parseReleases, stepStates } from './release-state.js';

const step = {
  percent: 25,
  pause: false,
  state: 'current',
  held: 3000,
  hold: 15000,
  requests: 12,
  requestsNeeded: 31,
};
const report = {
  phase: 'progressing',
  run: 2,
  because: { reason: 'hold', message: '12 s to go' },
  steps: [step],
  wanted: 25,
  targets: [{ stable: 'hello.hello-1', canary: 'hello.hello-2', written: 25 }],
  observed: [{ requests: 100, share: 24, low: 16.5, high: 33.4 }],
  guards: [
    {
      guard: 'failures',
      kind: 'ratio',
      outcome: 'failed',
      limit: 1.5,
      evidence: 3,
      needed: 400,
      canary: { requests: 24, bad: 2 },
      stable: { requests: 76, bad: 0 },
      message: 'in words',
    },
  ],
};

describe('what the controller says', () => {
  it('is a release with its report', () => {
    const [release] = parseReleases({
      releases: [
        {
          name: 'hello-2',
          plan: 'plan.yaml',
          problems: [],
          commands: ['pause', 'unheard-of'],
          series: [],
          events: [],
          report,
        },
      ],
    });
    expect(release).toMatchObject({
      name: 'hello-2',
      phase: 'progressing',
      commands: ['pause'],
      steps: [step],
      wanted: 25,
      written: 25,
      observed: { requests: 100, share: 24, low: 16.5, high: 33.4, wanted: 25 },
      guards: report.guards,
      stable: 'hello.hello-1',
      canary: 'hello.hello-2',
      because: report.because,
    });
  });

  it('is a plan with its steps before the first run', () => {
    const [release] = parseReleases({
      releases: [{ name: 'hello-2', steps: [{ ...step, state: 'ahead' }], commands: ['start'] }],
    });
    expect(release).toMatchObject({
      phase: '',
      run: 0,
      steps: [{ percent: 25, state: 'ahead' }],
      commands: ['start'],
      guards: [],
    });
    expect(release?.wanted).toBeUndefined();
  });

  it.each([
    {},
    { releases: null },
    { releases: [null, 5] },
    { releases: [{ report: 7, steps: 'none', commands: [1] }] },
  ])('does no harm where it is not what it should be: %j', (body) => {
    for (const release of parseReleases(body)) expect(release.steps).toEqual([]);
  });

  it('is what is wrong with hello-2', () => {
    expect(parseFaults({ errorRate: 20, silent: true })).toEqual({
      errorRate: 20,
      latencyMs: 0,
      silent: true,
    });
  });
});

describe('the sentences of the panel', () => {
  it.each(['en', 'zh'] as const)('name every command and step in %s', (language) => {
    const { commands, stepStates: states, waitingFor, events, phases, evidence } = releaseMessages[language];
    expect(Object.keys(commands).sort()).toEqual([...commandNames].sort());
    expect(Object.keys(states).sort()).toEqual([...stepStates].sort());
    for (const table of [{ waitingFor }, { events }, { phases }, { evidence }] as Record<string, object>[]) {
      const [[name, words]] = Object.entries(table) as [[string, object]];
      expect([name, Object.keys(words)]).toEqual([name, Object.keys(releaseMessages.en[name as 'events'])]);
    }
  });
});
