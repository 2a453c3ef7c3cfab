import { PlayedExchange } from '../../../../test/played-exchange.js';
import { rulesFor } from '../../../../test/rules.js';

const abort = (percentage: number) => `abort: {httpStatus: 418, percentage: {value: ${percentage}}}`;
const delay = (percentage: number, time = '10ms') =>
  `delay: {fixedDelay: ${time}, percentage: {value: ${percentage}}}`;

/** @param draws after the first, which chooses the route */
function play(fault: string, draws: number[] = [], headers: string[] = [], more = ''): PlayedExchange {
  const rule = `[{fault: {${fault}}, ${more} route: [{destination: {host: back.ext}}]}]`;
  return new PlayedExchange(rulesFor([1], rule), { headers }, { draws: [0, ...draws] }).start();
}

afterEach(() => PlayedExchange.endAll());

describe('an abort', () => {
  it.each([
    [100, 0.9999, true],
    [30, 0.2999, true],
    [30, 0.3, false],
    [0, 0, false],
  ])('hits %d %% of the requests: a draw of %d, %s', (percentage, draw, isAborted) => {
    const { client, streams, records } = play(abort(percentage), [draw]);
    expect([client.status, client.body, streams.length]).toEqual(
      isAborted ? [418, 'fault filter abort', 0] : [0, '', 1],
    );
    if (!isAborted) return;
    expect(records).toMatchObject([{ flags: ['FI'], details: 'fault_filter_abort', attempts: 0 }]);
  });

  it("has the rule's changes of an answer", () => {
    const { client } = play(abort(100), [], [], 'headers: {response: {set: {x-a: b}}},');
    expect(client.header('x-a')).toEqual(['b']);
  });

  it.each([
    [['content-type', 'application/grpc'], ['7'], ''],
    [[], [], 'fault filter abort'],
  ])('with a status of gRPC: to a caller %j', (headers, status, body) => {
    const { client } = play('abort: {grpcStatus: PERMISSION_DENIED, percentage: {value: 100}}', [], headers);
    expect([client.status, client.header('grpc-status'), client.body]).toEqual([200, status, body]);
  });
});

describe('a delay', () => {
  it('holds the request back, and then lets it go', async () => {
    const played = play(delay(100));
    expect(played.streams).toEqual([]);
    (await played.left(1)).connects().answers(200);
    expect(played.records).toMatchObject([{ status: 200, flags: ['DI'] }]);
    expect(played.records[0]?.durationMs).toBeGreaterThanOrEqual(8);
  });

  it.each([
    [30, 0.2999, 0],
    [30, 0.3, 1],
    [0, 0, 1],
  ])('hits %d %% of the requests: of a draw of %d, %d leave at once', (percentage, draw, count) => {
    const played = play(delay(percentage, '60s'), [draw]);
    expect(played.streams).toHaveLength(count);
  });

  it('is drawn before the abort, each on its own, and comes before it', async () => {
    const draws = [0.2, 0.8];
    const onlyDelayed = play(`${delay(50)}, ${abort(50)}`, [...draws]);
    await onlyDelayed.left(1);
    const onlyAborted = play(`${delay(50)}, ${abort(50)}`, draws.toReversed());
    expect(onlyAborted.records).toMatchObject([{ status: 418, flags: ['FI'] }]);
    const both = play(`${delay(50)}, ${abort(50)}`);
    expect(both.records).toEqual([]);
    expect(await both.over()).toMatchObject({ status: 418, flags: ['DI', 'FI'] });
  });

  it('ends with a client that goes away: nothing is sent for it', async () => {
    const played = play(delay(100));
    played.exchange.onClientGone();
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(played.streams).toEqual([]);
    expect(played.records).toMatchObject([{ status: 0, flags: ['DI', 'DC'] }]);
  });

  it('of a request lets its answer be held back', async () => {
    const played = play(delay(100));
    // Nothing is there yet that could go on.
    played.exchange.onClientDrain();
    const stream = (await played.left(1)).connects().answersHead(200, [], undefined);
    played.client.full = true;
    stream.sends('a');
    expect(stream.paused).toBe(true);
    played.exchange.onClientDrain();
    expect(stream.paused).toBe(false);
  });
});
