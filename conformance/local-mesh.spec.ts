import { compile, listens, type RouteTable, route, routeConnection } from '@grayscale/traffic-rules';
import { jest } from '@jest/globals';
import { createProxy, type MeshProxy } from '../apps/local-mesh/src/proxy/proxy.js';
import { type Answer, type CaseRequest, isInForce, loadCases, outside } from './src/cases.js';
import { expectAnswer, expectAttempts, expectRawAnswer, expectShares, leftOpen } from './src/expectations.js';
import { knownDifference } from './src/known-differences.js';
import { Lab } from './src/lab-servers.js';
import { type Form, formsOf, ProxyClient, type Received } from './src/proxy-client.js';
import { resourcesOf } from './src/recorded-table.js';

// A machine at its limit is slow, not wrong.
jest.setTimeout(30_000);

const workload = { namespace: 'hello-page', labels: { app: 'hello-page' } };
const cases = loadCases().filter((recording) => isInForce(recording) && recording.proxy === undefined);

describe('the recorded exchanges over real sockets', () => {
  const lab = new Lab();
  let table: RouteTable;
  /** Where the name leads that is asked for. */
  let address = outside;
  let proxy: MeshProxy;
  let asker: ProxyClient;

  beforeAll(async () => {
    await lab.start();
    proxy = createProxy({
      route: (request, draw) => route(table, { ...request, address }, draw),
      routeConnection: (connection, draw) => routeConnection(table, { ...connection, address }, draw),
      hasListener: (port) => listens(table, port),
      resolve: (_host, port) => ({ host: address, port }),
      dial: (address) => lab.dial(address),
    });
    const { port } = await proxy.listen({ host: '127.0.0.1', port: 0 });
    asker = new ProxyClient(port);
  });

  afterAll(async () => {
    asker.close();
    await proxy.close();
    await lab.stop();
  });

  describe.each(cases)('$id', (recording) => {
    const { id, exchanges } = recording;
    beforeAll(() => {
      table = compile(resourcesOf(recording), workload);
    });

    const all = exchanges.map(({ request, answer }, index) => {
      const known = knownDifference(id, index, 'local mesh');
      return {
        index,
        request,
        answer: known?.kind === 'chance' ? leftOpen(answer) : (answer as Answer),
        known,
      };
    });
    const inForms = all.flatMap(({ request, ...rest }) =>
      formsOf(request).map((form) => ({
        ...rest,
        request,
        form,
        line: `${request.method} ${request.host}:${request.port}${request.path}`.slice(0, 80),
      })),
    );
    const played = inForms.filter(({ known }) => known === undefined || known.kind === 'chance');
    const raw = all.filter(({ request, known }) => request.raw !== undefined && known === undefined);

    if (played.length + raw.length === 0) it.todo('everything in it is a known difference');
    if (played.length > 0) {
      it.each(played)('$index $line ($form)', async ({ request, answer, form }) => {
        await new Promise((resolve) => setTimeout(resolve, request.wait * 1000));
        lab.forget();
        address = request.address ?? outside;
        if (answer.error !== undefined) {
          await expect(asker.ask(request, form)).rejects.toThrow(
            /socket hang up|ECONNRESET|tunnel was refused/,
          );
          return;
        }
        const received = await askAll(asker, request, form);
        if (answer.tally !== undefined) expectShares(received, answer.tally, request.repeat);
        else expectAnswer(received[0] as Received, answer, request, form);
        if (answer.attempts !== undefined) await expectAttempts(lab, answer.attempts);
      });
    }
    if (raw.length > 0) {
      it.each(raw)('$index $request.raw', async ({ request, answer }) => {
        address = request.address ?? outside;
        await expectRawAnswer((silenceMs) => asker.sendRaw(request, silenceMs), answer);
      });
    }
  });
});

async function askAll(asker: ProxyClient, request: CaseRequest, form: Form): Promise<Received[]> {
  const received: Received[] = [];
  const atOnce = 16;
  for (let left = request.repeat; left > 0; left -= atOnce) {
    const batch = Array.from({ length: Math.min(left, atOnce) }, () => asker.ask(request, form));
    received.push(...(await Promise.all(batch)));
  }
  return received;
}
