import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { jest } from '@jest/globals';
import { greeterRules, split, toV1 } from '../../test/greeter-rules.js';
import { Greeter, type GreeterClient, greeterClient } from '../../test/grpc.js';
import { routing } from '../../test/rules.js';
import type { AccessRecord } from './access-record.js';
import { createProxy, type MeshProxy } from './proxy.js';

// A machine at its limit is slow, not wrong.
jest.setTimeout(120_000);

describe('a gRPC client and server that know nothing of the mesh', () => {
  let v1: Greeter;
  let v2: Greeter;
  let proxy: MeshProxy;
  let client: GreeterClient;
  let records: AccessRecord[];
  const { grpc_proxy: proxyBefore } = process.env;

  beforeEach(async () => {
    v1 = await new Greeter('v1').start();
    v2 = await new Greeter('v2').start();
  });

  afterEach(async () => {
    client.close();
    await proxy.close();
    v1.stop();
    v2.stop();
    if (proxyBefore === undefined) delete process.env.grpc_proxy;
    else process.env.grpc_proxy = proxyBefore;
  });

  async function start(http: string, random?: () => number, trafficPolicy = ''): Promise<void> {
    records = [];
    proxy = createProxy({
      ...routing(greeterRules(v1.port, v2.port, http, trafficPolicy)),
      onComplete: (record) => records.push(record),
      ...(random !== undefined && { random }),
    });
    const { port } = await proxy.listen({ host: '127.0.0.1', port: 0 });
    // grpc-js opens a tunnel to its target with CONNECT.
    process.env.grpc_proxy = `http://127.0.0.1:${port}`;
    client = greeterClient('greeter.ext:50051');
  }

  function say(text: string, metadata = new Metadata(), options = {}): Promise<string> {
    return new Promise((resolve, reject) => {
      client.Say(Buffer.from(text), metadata, options, (error: ServiceError | null, answer?: Buffer) =>
        error === null ? resolve(String(answer)) : reject(error),
      );
    });
  }

  function metadataOf(name: string, value: string): Metadata {
    const metadata = new Metadata();
    metadata.set(name, value);
    return metadata;
  }

  it('is split 90 to 10, call by call on one connection', async () => {
    let turn = 0;
    // A call takes one draw: a hundred of them, spread evenly.
    await start(split, () => (turn++ % 100) / 100);
    const answers: string[] = [];
    for (let i = 0; i < 100; i++) answers.push(await say('hi'));
    expect(answers.filter((text) => text === 'v1: hi')).toHaveLength(90);
    expect(answers.filter((text) => text === 'v2: hi')).toHaveLength(10);
  });

  it('goes by a header: metadata of a call', async () => {
    await start(split, () => 0);
    expect(await say('hi', metadataOf('user', 'test'))).toBe('v2: hi');
    expect(await say('hi', metadataOf('user', 'other'))).toBe('v1: hi');
    expect(records.map(({ grpcStatus, protocol, status }) => [protocol, status, grpcStatus])).toEqual([
      ['HTTP/2', 200, '0'],
      ['HTTP/2', 200, '0'],
    ]);
  });

  it('streams from the server', async () => {
    await start(`  - ${toV1}`);
    const numbers: string[] = [];
    for await (const part of client.Count(Buffer.from('500'))) numbers.push(String(part));
    expect(numbers).toEqual(Array.from({ length: 500 }, (_, i) => String(i + 1)));
  });

  it('streams to the server', async () => {
    await start(`  - ${toV1}`);
    const answer = await new Promise<string>((resolve, reject) => {
      const call = client.Collect((error: ServiceError | null, result?: Buffer) =>
        error === null ? resolve(String(result)) : reject(error),
      );
      for (const part of ['a', 'b', 'c']) call.write(Buffer.from(part));
      call.end();
    });
    expect(answer).toBe('v1: a+b+c');
  });

  it('streams both ways at once: an answer to each message before the next is sent', async () => {
    await start(`  - ${toV1}`);
    const call = client.Talk();
    const heard: string[] = [];
    for (const word of ['one', 'two', 'three']) {
      const answer = new Promise<Buffer>((resolve) => call.once('data', resolve));
      call.write(Buffer.from(word));
      heard.push(String(await answer));
    }
    const ended = new Promise<{ code: number }>((resolve) => call.on('status', resolve));
    call.on('data', () => {});
    call.end();
    expect(heard).toEqual(['ONE', 'TWO', 'THREE']);
    expect((await ended).code).toBe(status.OK);
  });

  it("the server's status and words come to the client, and into the log", async () => {
    await start(`  - ${toV1}`);
    await expect(say('fail 7')).rejects.toMatchObject({ code: 7, details: 'failed at v1' });
    expect(records[0]).toMatchObject({ status: 200, grpcStatus: '7' });
  });

  it('a status that the default policy retries is tried at the other endpoint', async () => {
    await start(`  - route: [{destination: {host: greeter.ext}}]`);
    await expect(say('fail 14')).rejects.toMatchObject({ code: 14 });
    expect(records[0]).toMatchObject({ attempts: 3, flags: ['URX'] });
  });

  it.each([
    { code: 13, how: 'INTERNAL, as 500 does', ejects: true },
    { code: 5, how: 'NOT_FOUND does not', ejects: false },
  ])('outlier detection goes by the status of a call that fails at once: $how', async ({ code, ejects }) => {
    const outliers = 'outlierDetection: {consecutive5xxErrors: 2, maxEjectionPercent: 100}';
    await start(`  - route: [{destination: {host: greeter.ext}}]`, undefined, outliers);
    const details: unknown[] = [];
    // The second ejection acts within a second of the first (Envoy's merge window).
    const enough = Date.now() + (ejects ? 20_000 : 2000);
    while (Date.now() < enough && details.at(-1) !== 'no healthy upstream') {
      details.push(await say(`fail ${code}`).catch((error: ServiceError) => error.details));
    }
    expect(details.includes('no healthy upstream')).toBe(ejects);
  });

  it('a deadline of the client is told to the server and ends the call on both sides', async () => {
    await start(`  - ${toV1}`);
    const deadline = new Date(Date.now() + 300);
    // Whoever of the two is first: the client itself, or the sidecar, which answers for it (recorded: `http-grpc-timeout`).
    const failed = await say('wait', new Metadata(), { deadline }).catch((error: ServiceError) => error.code);
    expect([status.DEADLINE_EXCEEDED, status.UNAVAILABLE]).toContain(failed);
    await until(() => v1.cancelled === 1);
    expect(v1.deadlines).toHaveLength(1);
  });

  it("a rule's timeout answers with a gRPC status, and the server hears of it", async () => {
    await start(`  - {${toV1}, timeout: 0.2s}`);
    await expect(say('wait')).rejects.toMatchObject({
      code: status.UNAVAILABLE,
      details: 'upstream request timeout',
    });
    await until(() => v1.cancelled === 1);
    expect(records[0]).toMatchObject({ status: 200, grpcStatus: '14', flags: ['UT'] });
  });

  it('a call that the client cancels is cancelled at the server', async () => {
    await start(`  - ${toV1}`);
    const call = client.Talk();
    call.on('error', () => {});
    const first = new Promise((resolve) => call.once('data', resolve));
    call.write(Buffer.from('a'));
    await first;
    call.cancel();
    await until(() => v1.cancelled === 1);
    await until(() => records.length === 1);
    expect(records[0]).toMatchObject({ flags: ['DC'] });
  });

  it('a fault with a status of gRPC, and no route, are statuses of gRPC to the client', async () => {
    await start(`
  - match: [{headers: {user: {exact: test}}}]
    fault: {abort: {grpcStatus: PERMISSION_DENIED, percentage: {value: 100}}}
    ${toV1}
  - match: [{headers: {user: {exact: other}}}]
    ${toV1}`);
    await expect(say('hi', metadataOf('user', 'test'))).rejects.toMatchObject({
      code: status.PERMISSION_DENIED,
      details: 'fault filter abort',
    });
    await expect(say('hi')).rejects.toMatchObject({ code: status.UNIMPLEMENTED });
    expect(await say('hi', metadataOf('user', 'other'))).toBe('v1: hi');
  });

  it('a server that is gone: UNAVAILABLE, with the reason', async () => {
    await start(`  - ${toV1}`);
    v1.stop();
    await expect(say('hi')).rejects.toMatchObject({
      code: status.UNAVAILABLE,
      details: expect.stringContaining('remote connection failure'),
    });
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
