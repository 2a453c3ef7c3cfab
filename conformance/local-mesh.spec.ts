import { readFileSync } from 'node:fs';
import {
  compile,
  inspection,
  type RouteTable,
  route,
  routeConnection,
  routeHttpConnection,
} from '@grayscale/traffic-rules';
import { jest } from '@jest/globals';
import { createProxy, type MeshProxy } from 'local-mesh/proxy';
import { type Answer, type CaseRequest, isInForce, loadCases, outside } from './src/cases.ts';
import { expectAnswer, expectAttempts, expectRawAnswer, expectShares, leftOpen } from './src/expectations.ts';
import { knownDifference } from './src/known-differences.ts';
import { certificateFile, Lab } from './src/lab-servers.ts';
import { type Form, formsOf, ProxyClient, type Received } from './src/proxy-client.ts';
import { resourcesOf, sidecarWorkload } from './src/recorded-table.ts';

// A machine at its limit is slow, not wrong.
jest.setTimeout(120_000);

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
      routeHttpConnection: (to, draw) => routeHttpConnection(table, { ...to, address }, draw),
      inspection: (to) => inspection(table, { ...to, address }),
      resolve: (_host, port) => ({ host: address, port }),
      dial: (address) => lab.dial(address),
      trustedCertificates: () => [readFileSync(certificateFile('ca.pem'), 'utf8')],
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
      // Files of the recordings' sidecar, where they are here.
      const config = recording.config.replaceAll('/etc/lab/certs', certificateFile(''));
      table = compile(resourcesOf({ ...recording, config }), sidecarWorkload);
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
    const differs = ({ known }: (typeof all)[number]) => known !== undefined && known.kind !== 'chance';
    const played = inForms.filter((one) => !differs(one));
    const raw = all.filter((one) => one.request.raw !== undefined && !differs(one));
    const differing = all.filter(differs);

    if (played.length > 0) {
      it.each(played)('$index $line ($form)', ({ request, answer, form }) => play(request, answer, form));
    }
    if (raw.length > 0) {
      it.each(raw)('$index $request.raw', ({ request, answer }) => playRaw(request, answer));
    }
    if (differing.length > 0) {
      it.each(differing)('$index differs still: $known.reason', async ({ request, answer }) => {
        const forms = formsOf(request);
        const plays = [
          ...forms.map((form) => () => play(request, answer, form)),
          ...(request.raw === undefined ? [] : [() => playRaw(request, answer, [1000])]),
        ];
        const outcomes = [];
        // One after the other: they share the proxy and what the lab remembers.
        for (const one of plays)
          outcomes.push(
            await one().then(
              () => 'as recorded',
              () => 'otherwise',
            ),
          );
        expect(outcomes).toContain('otherwise');
      });
    }
  });

  async function play(request: CaseRequest, answer: Answer, form: Form): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, request.wait * 1000));
    lab.forget();
    address = request.address ?? outside;
    if (answer.error !== undefined) {
      await expectNoAnswer(asker, request, form);
      return;
    }
    const received = await askAll(asker, request, form);
    if (answer.tally !== undefined) expectShares(received, answer.tally, request.repeat);
    else expectAnswer(received[0] as Received, answer, request, form);
    if (answer.attempts !== undefined) await expectAttempts(lab, answer.attempts);
  }

  async function playRaw(request: CaseRequest, answer: Answer, silences?: readonly number[]): Promise<void> {
    address = request.address ?? outside;
    await expectRawAnswer((silenceMs) => asker.sendRaw(request, silenceMs), answer, silences);
  }
});

/** What a sidecar's client does not get as an HTTP answer; a proxy that was asked for a URL has to say so. */
async function expectNoAnswer(asker: ProxyClient, request: CaseRequest, form: Form): Promise<void> {
  const outcome = await asker.ask(request, form).then(
    ({ status }) => `status ${status}`,
    (error: Error) => error.message,
  );
  expect(outcome).toMatch(
    form === 'absolute'
      ? /status 50[23]|socket hang up|ECONNRESET/
      : /socket hang up|ECONNRESET|socket disconnected|tunnel was refused|Expected HTTP/,
  );
}

async function askAll(asker: ProxyClient, request: CaseRequest, form: Form): Promise<Received[]> {
  const received: Received[] = [];
  // One after the other, as recorded, where a later answer may depend on an earlier one.
  const atOnce = request.repeat <= 20 ? 1 : 16;
  for (let left = request.repeat; left > 0; left -= atOnce) {
    const batch = Array.from({ length: Math.min(left, atOnce) }, () => asker.ask(request, form));
    received.push(...(await Promise.all(batch)));
  }
  return received;
}
