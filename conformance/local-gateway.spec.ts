import { readFileSync } from 'node:fs';
import {
  compile,
  gatewayPorts,
  inspection,
  knowsHost,
  type RouteTable,
  route,
  routeConnection,
  routeHttpConnection,
} from '@grayscale/traffic-rules';
import { jest } from '@jest/globals';
import { createProxy, Gateway, type MeshProxy, type ServerCredentials } from 'local-mesh/proxy';
import { type Answer, type Case, type CaseRequest, isInForce, loadCases, outside } from './src/cases.ts';
import { expectAnswer, expectAttempts, expectRawAnswer, expectShares, leftOpen } from './src/expectations.ts';
import { askGateway, type GatewayAnswer, sendToGateway } from './src/gateway-client.ts';
import { knownDifference } from './src/known-differences.ts';
import { certificateFile, Lab } from './src/lab-servers.ts';
import { ProxyClient } from './src/proxy-client.ts';
import { gatewayWorkload, resourcesOf, sidecarWorkload } from './src/recorded-table.ts';

// A machine at its limit is slow, not wrong.
jest.setTimeout(120_000);

const cases = loadCases().filter((recording) => isInForce(recording) && recording.proxy === 'gateway');

/** Certificates of the recordings' Secrets, by the Secrets' names. */
const certificates: Readonly<Record<string, string>> = { 'cred-a': 'gw-a', 'cred-w': 'gw-wild' };

describe('the recorded exchanges of gateways over real sockets', () => {
  const lab = new Lab();
  let gateway: RunningGateway;

  beforeAll(() => lab.start());
  afterAll(() => lab.stop());

  describe.each(cases)('$id', (recording) => {
    const { id, exchanges } = recording;
    beforeAll(async () => {
      gateway = await RunningGateway.start(recording, lab);
    });
    afterAll(() => gateway.close());

    const all = exchanges.map(({ request, answer }, index) => {
      const known = knownDifference(id, index, 'local mesh');
      const expected = known?.kind === 'chance' ? leftOpen(answer) : (answer as Answer);
      const line = `${request.method} ${request.host}:${request.port}${request.path}`.slice(0, 80);
      return { index, request, answer: expected, known, line };
    });
    const played = all.filter(({ known }) => known === undefined || known.kind === 'chance');

    it.each(played)('$index $line', async ({ request, answer, known }) => {
      lab.forget();
      if (request.raw !== undefined) {
        await expectRawAnswer((silenceMs) => gateway.send(request, silenceMs), asSeenHere(answer));
        return;
      }
      if (answer.error !== undefined) {
        await expect(gateway.ask(request)).rejects.toThrow(errors[answer.error]);
        return;
      }
      const received: GatewayAnswer[] = [];
      while (received.length < request.repeat) received.push(await gateway.ask(request));
      // Where it is drawn, the recorded answer is one of those that come.
      for (
        let more = 100;
        known?.kind === 'chance' && received[0]?.status !== answer.status && more > 0;
        more--
      )
        received[0] = await gateway.ask(request);
      const [first] = received as [GatewayAnswer];
      if (answer.tally !== undefined) expectShares(received, answer.tally, request.repeat);
      else {
        expectAnswer(first, asSeenHere(answer), request, 'connect');
        expect(first.certificate).toBe(answer.certificate);
      }
      if (answer.attempts !== undefined) await expectAttempts(lab, answer.attempts);
    });
  });
});

/** What clients of Node's say of it. */
const errors: Readonly<Record<string, RegExp>> = {
  'connection refused': /ECONNREFUSED/,
  'connection closed': /socket hang up|ECONNRESET|disconnected before secure TLS/,
  'TLS: alert': /alert certificate required/,
  'TLS: tlsv13 alert certificate required': /alert certificate required/,
  'TLS: wrong version number': /wrong version number/,
};

/** The callers of the recordings had another address. */
function asSeenHere<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value).replaceAll('10.201.0.1', '127.0.0.1')) as Value;
}

/** Nothing listens here. */
const refusing = 1;

/** A local mesh in the place of the recordings' gateway, and one beside hello-page. */
class RunningGateway {
  readonly #proxies: MeshProxy[] = [];
  /** By the ports that clients of the gateway dial. */
  readonly #ports = new Map<number, number>();
  #sidecar: ProxyClient | undefined;

  static async start(recording: Case, lab: Lab): Promise<RunningGateway> {
    const running = new RunningGateway();
    const resources = resourcesOf({ ...recording, config: asSeenHere(recording.config) });
    await running.#startGateway(compile(resources, gatewayWorkload), lab, recording);
    const sidecar = running.#proxy(compile(resources, sidecarWorkload), lab);
    running.#sidecar = new ProxyClient((await sidecar.listen({ host: '127.0.0.1', port: 0 })).port);
    return running;
  }

  async close(): Promise<void> {
    this.#sidecar?.close();
    await Promise.all(this.#proxies.map((proxy) => proxy.close()));
  }

  ask(request: CaseRequest): Promise<GatewayAnswer> {
    if (request.from === 'sidecar') return (this.#sidecar as ProxyClient).ask(request, 'connect');
    return askGateway(request, this.#portOf(request));
  }

  send(request: CaseRequest, silenceMs: number): Promise<{ data: string; closed: boolean }> {
    return sendToGateway(request, this.#portOf(request), silenceMs);
  }

  #portOf({ port }: CaseRequest): number {
    return this.#ports.get(port) ?? refusing;
  }

  async #startGateway(table: RouteTable, lab: Lab, { config }: Case): Promise<void> {
    const gateway = new Gateway(gatewayPorts(table), ({ termination }) => {
      const [source] = termination?.certificates === 'mesh' ? [] : (termination?.certificates ?? []);
      if (source?.kind !== 'secret' || !config.includes(`metadata: {name: ${source.name},`)) return undefined;
      return credentials(source.name, termination?.clients?.required === true);
    });
    const proxy = this.#proxy(table, lab, gateway);
    for (const { port } of gateway.ports) {
      const bound = await proxy.listen({ host: '127.0.0.1', port: 0 }, { kind: 'gateway', port });
      this.#ports.set(port, bound.port);
    }
  }

  #proxy(table: RouteTable, lab: Lab, gateway?: Gateway): MeshProxy {
    const proxy = createProxy({
      route: (request, draw) => route(table, { ...request, address: outside }, draw),
      routeConnection: (connection, draw) => routeConnection(table, connection, draw),
      routeHttpConnection: (to, draw) => routeHttpConnection(table, { ...to, address: outside }, draw),
      inspection: (to) => inspection(table, { ...to, address: outside }),
      knowsHost: (authority, port) => knowsHost(table, authority, port),
      resolve: (_host, port) => ({ host: outside, port }),
      dial: (address) => lab.dial(address),
      ...(gateway !== undefined && { gateway: () => gateway }),
    });
    this.#proxies.push(proxy);
    return proxy;
  }
}

function credentials(secret: string, asksClients: boolean): ServerCredentials {
  const pem = (kind: 'pem' | 'key') =>
    readFileSync(certificateFile(`${certificates[secret]}.${kind}`), 'utf8');
  const clients = { ca: pem('pem'), requestCert: true, rejectUnauthorized: true };
  return { tls: { cert: pem('pem'), key: pem('key'), ...(asksClients && clients) } };
}
