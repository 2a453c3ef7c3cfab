import { chartSeconds, ShareRecorder } from './share-series.js';

function recordSeconds(recorder: ShareRecorder, from: number, to: number, keys: string[]): void {
  for (let second = from; second < to; second++) for (const key of keys) recorder.record(key, second * 1000);
}

describe('ShareRecorder', () => {
  it('has nothing to show before the first request', () => {
    expect(new ShareRecorder().series(0)).toEqual({ times: [], keys: [], shares: [], wanted: [], marks: [] });
  });

  it('gives each second the share of the last ten', () => {
    const recorder = new ShareRecorder();
    recordSeconds(recorder, 0, 10, ['a']);
    recordSeconds(recorder, 10, 15, ['b']);
    const { times, keys, shares } = recorder.series(15_000);
    expect([times.at(0), times.at(-1), keys]).toEqual([0, 14, ['a', 'b']]);
    expect([shares[0]?.at(9), shares[0]?.at(14), shares[1]?.at(14)]).toEqual([100, 50, 50]);
  });

  it('begins anew at a mark', () => {
    const recorder = new ShareRecorder();
    recordSeconds(recorder, 0, 10, ['a']);
    recorder.mark('rule', 10_000);
    recordSeconds(recorder, 10, 12, ['b']);
    const { shares, marks } = recorder.series(12_000);
    expect(shares[0]).toEqual([...Array(10).fill(100), 0, 0]);
    expect(marks).toEqual([{ at: 10, cause: 'rule' }]);
  });

  it('keeps what was wanted at the time', () => {
    const recorder = new ShareRecorder();
    recorder.want(new Map([['a', 0.9]]));
    recordSeconds(recorder, 0, 2, ['a']);
    recorder.want(new Map([['a', 0.5]]));
    recordSeconds(recorder, 2, 4, ['a']);
    expect(recorder.series(4000).wanted[0]).toEqual([90, 50, 50, 50]);
  });

  it('is bounded, in requests and in marks', () => {
    const recorder = new ShareRecorder();
    recorder.mark('rule', 0);
    recordSeconds(recorder, 0, 5000, ['a']);
    const { times, marks } = recorder.series(5_000_000);
    expect(times.length).toBeLessThanOrEqual(chartSeconds);
    expect(marks).toEqual([]);
  });
});
