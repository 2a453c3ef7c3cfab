import { HostHealth, OutlierDetector, type TryResult } from './outlier-detector.js';

const settings = {
  consecutive5xx: 3,
  consecutiveGatewayErrors: 0,
  intervalMs: 1000,
  baseEjectionMs: 10_000,
  maxEjectionPercent: 100,
  minHealthPercent: 0,
};

function hosts(count: number): HostHealth[] {
  return Array.from({ length: count }, () => new HostHealth());
}

/** Which of the results, in turn, took the first host out. */
function ejectedBy(
  more: Partial<typeof settings> & { consecutiveLocalFailures?: number },
  results: TryResult[],
  count = 4,
) {
  const detector = new OutlierDetector({ ...settings, ...more });
  const all = hosts(count);
  return results.findIndex((result) => detector.onResult(all[0] as HostHealth, result, all, 0));
}

const status = (code: number) => ({ status: code });

describe('outlier detection', () => {
  it.each([
    ['three 5xx in a row', {}, [500, 503, 500], 2],
    ['an answer between them begins anew', {}, [500, 500, 200, 500, 500, 500], 5],
    ['a 4xx is an answer', {}, [500, 500, 404, 500], -1],
    ['gateway errors alone', { consecutive5xx: 0, consecutiveGatewayErrors: 2 }, [502, 500, 503, 504], 3],
    ['neither counts', { consecutive5xx: 0 }, [500, 500, 500, 500, 500, 500], -1],
  ])('%s', (_name, more, codes, expected) => {
    expect(ejectedBy(more, codes.map(status))).toBe(expected);
  });

  it('a failure on the way counts as a gateway error', () => {
    expect(ejectedBy({}, ['unreachable', status(500), 'timeout'])).toBe(2);
    expect(ejectedBy({ consecutive5xx: 0, consecutiveGatewayErrors: 2 }, ['unreachable', 'timeout'])).toBe(1);
  });

  it('or is counted by itself', () => {
    const split = { consecutiveLocalFailures: 2 };
    expect(ejectedBy(split, ['unreachable', status(500), 'unreachable', 'timeout'])).toBe(3);
    expect(ejectedBy(split, [status(500), 'unreachable', status(500), status(500)])).toBe(3);
  });

  it.each([
    [2, 10, -1],
    [10, 10, 2],
    [2, 50, 2],
    [2, 49, -1],
  ])('of %d hosts at most %d %% are out', (count, maxEjectionPercent, expected) => {
    expect(ejectedBy({ maxEjectionPercent }, [500, 500, 500].map(status), count)).toBe(expected);
  });

  it('lets a host back in when its time is over, which is longer each time', () => {
    const detector = new OutlierDetector(settings);
    const all = hosts(2);
    const [host] = all as [HostHealth];
    const eject = (now: number) => {
      for (let i = 0; i < 3; i++) detector.onResult(host, status(500), all, now);
    };
    /** The first full second at which it is back. */
    const backAfter = (from: number): number => {
      for (let now = from; ; now += 1000) {
        detector.check(all, now);
        if (host.ejectedAt === undefined) return now - from;
      }
    };
    eject(0);
    expect(host.ejectedAt).toBe(0);
    expect(backAfter(0)).toBe(10_000);
    eject(10_000);
    expect(backAfter(10_000)).toBe(20_000);
  });
});
