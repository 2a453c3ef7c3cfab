import type { Exchange } from './exchange.js';
import { ExchangeHistory } from './exchange-history.js';

function exchange(sequence: number): Exchange {
  return { sequence, requestId: `id-${sequence}`, name: '', period: 0, sentAt: sequence };
}

describe('ExchangeHistory', () => {
  it('finds an exchange by sequence and by request id', () => {
    const history = new ExchangeHistory(3);
    history.add(exchange(1));
    expect(history.at(1)).toBe(history.withRequestId('id-1'));
    expect(history.newest).toBe(1);
  });

  it('forgets the oldest, and remembers no more than its capacity', () => {
    const history = new ExchangeHistory(3);
    for (let sequence = 1; sequence <= 1000; sequence++) history.add(exchange(sequence));
    expect([996, 997, 998, 999, 1000].map((sequence) => history.at(sequence)?.sequence)).toEqual([
      undefined,
      undefined,
      998,
      999,
      1000,
    ]);
    expect(history.withRequestId('id-997')).toBeUndefined();
    expect(history.withRequestId('id-998')?.sequence).toBe(998);
  });

  it('starts again after clear', () => {
    const history = new ExchangeHistory(3);
    history.add(exchange(1));
    history.clear();
    expect([history.newest, history.at(1), history.withRequestId('id-1')]).toEqual([0, undefined, undefined]);
  });
});
