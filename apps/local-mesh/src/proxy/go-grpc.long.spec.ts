import { buildGoGrpc, type Fact, GoProgram } from '../../test/go-grpc.js';
import { greeterRules, split, toV1 } from '../../test/greeter-rules.js';
import { routing } from '../../test/rules.js';
import type { AccessRecord } from './access-record.js';
import { createProxy, type MeshProxy } from './proxy.js';

const go = await buildGoGrpc();
const path = 'path' in go ? go.path : '';
const toBoth = 'route: [{destination: {host: greeter.ext}}]';

if ('missing' in go) it.skip(`Go's gRPC is left out: ${go.missing}`, () => {});

('missing' in go ? describe.skip : describe)(
  "a client and servers of Go's gRPC that know nothing of the mesh",
  () => {
    let v1: GoProgram;
    let v2: GoProgram;
    let proxy: MeshProxy;
    let port: number;
    let records: AccessRecord[];

    beforeEach(() => {
      v1 = new GoProgram(path, ['server', 'v1']);
      v2 = new GoProgram(path, ['server', 'v2']);
    });

    afterEach(async () => {
      await proxy.close();
      await Promise.all([v1[Symbol.asyncDispose](), v2[Symbol.asyncDispose]()]);
    });

    async function start(http: string, random?: () => number): Promise<void> {
      const [one, two] = await Promise.all([v1.next(), v2.next()]);
      records = [];
      proxy = createProxy({
        ...routing(greeterRules(Number(one.port), Number(two.port), http)),
        onComplete: (record) => records.push(record),
        ...(random !== undefined && { random }),
      });
      ({ port } = await proxy.listen({ host: '127.0.0.1', port: 0 }));
    }

    function client(scenario: string): GoProgram {
      return new GoProgram(path, ['client', 'greeter.ext:50051', scenario], port);
    }

    async function play(scenario: string): Promise<Fact> {
      await using playing = client(scenario);
      return await playing.next();
    }

    it('is split 90 to 10, call by call on one connection', async () => {
      let turn = 0;
      // A call takes one draw: two hundred of them, spread evenly.
      await start(split, () => (turn++ % 200) / 200);
      expect(await play('two hundred calls')).toEqual({ answers: { 'v1: hi': 180, 'v2: hi': 20 } });
    });

    it('goes by a header: metadata of a call', async () => {
      await start(split, () => 0);
      expect(await play('user test')).toEqual({ answers: { 'v2: hi': 5 } });
    });

    it('a hundred calls at once, to a server that takes ten at a time', async () => {
      await start(`  - ${toV1}`);
      expect(await play('at once')).toEqual({ answers: { 'v1: hi': 100 } });
    });

    it('binary metadata goes up and down, and trailers come back', async () => {
      await start(`  - ${toV1}`);
      const echo = Buffer.from([0, 1, 254, 255]).toString('base64');
      expect(await play('metadata')).toEqual({ echo, serverName: ['v1'] });
    });

    it('messages larger than a window, both ways', async () => {
      await start(`  - ${toV1}`);
      expect(await play('large message')).toEqual({ same: true });
    });

    it('streams from the server, to the server, and both ways at once', async () => {
      await start(`  - ${toV1}`);
      expect(await play('count')).toEqual({ numbers: Array.from({ length: 500 }, (_, i) => String(i + 1)) });
      expect(await play('collect')).toEqual({ answer: 'v1: a+b+c' });
      expect(await play('talk')).toEqual({ heard: ['ONE', 'TWO', 'THREE'], ended: true });
    });

    it("the server's status comes to the client, also while it is still sending", async () => {
      await start(`  - ${toV1}`);
      expect(await play('fail 7')).toEqual({ code: 'PermissionDenied', message: 'failed at v1' });
      expect(await play('collect, enough')).toEqual({ code: 'ResourceExhausted', message: 'enough' });
    });

    it('a deadline is told to the server, shortened by the way, and ends the call on both sides', async () => {
      await start(`  - ${toV1}`);
      // Whoever of the two is first: the client itself, or the sidecar, which answers for it (recorded: `http-grpc-timeout`).
      expect(['DeadlineExceeded', 'Unavailable']).toContain((await play('deadline')).code);
      const { leftMs } = await v1.next();
      expect(leftMs).toBeLessThanOrEqual(300);
      expect(leftMs).toBeGreaterThan(0);
      expect(Object.keys(await v1.next())).toEqual(['givenUp']);
    });

    it("a rule's timeout is told to the server, and answered as Envoy does", async () => {
      await start(`  - {${toV1}, timeout: 0.2s}`);
      expect(await play('wait')).toEqual({ code: 'Unavailable', message: 'upstream request timeout' });
      expect((await v1.next()).leftMs).toBeLessThanOrEqual(200);
      expect(Object.keys(await v1.next())).toEqual(['givenUp']);
      expect(records[0]).toMatchObject({ status: 200, grpcStatus: '14', flags: ['UT'] });
    });

    it('a call that is cancelled is cancelled at the server, and no other', async () => {
      await start(`  - ${toV1}`);
      expect(await play('cancel')).toMatchObject({ code: 'Canceled' });
      expect(await v1.next()).toEqual({ givenUp: 'Canceled' });
    });

    it('a server that says GOAWAY and leaves, under calls without a pause: none fails', async () => {
      await start(`  - ${toBoth}`);
      await using calls = client('until told');
      expect(await calls.next()).toEqual({ began: true });
      v1.tell('drain');
      const before = records.length;
      while (records.length < before + 200) await new Promise((resolve) => setTimeout(resolve, 5));
      calls.tell('enough');
      expect(await calls.next()).toEqual({ failures: {} });
    });
  },
);
