import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ApiClient, findCluster, kinds, Resources } from '@grayscale/cluster-client';
import { type GrayRelease, grayReleaseKind, type RuleObject } from '@grayscale/release-cluster';
import { startTestCluster, type TestCluster } from '@grayscale/test-cluster';
import { PrometheusProcess } from '@grayscale/test-prometheus';
import { repository } from '../../../../tools/node-process.js';
import { startService } from '../testing/service.js';

const names = Array.from({ length: 100 }, (_, index) => `cart-${index}`);
const host = (name: string, arm: number) => `${name}-${arm}.shop.svc.cluster.local`;

function splitOf(name: string): RuleObject {
  const route = [90, 10].map((weight, index) => ({ destination: { host: host(name, index + 1) }, weight }));
  return { metadata: { name, namespace: 'shop' }, spec: { hosts: [`${name}.example`], http: [{ route }] } };
}

function releaseOf(name: string): GrayRelease {
  const targets = [{ virtualService: name, stable: host(name, 1), canary: host(name, 2) }];
  const steps = [25, 100].map((percent) => ({ percent, hold: '1h' }));
  return { metadata: { name, namespace: 'shop' }, spec: { targets, steps, settle: '1s' } };
}

/** As many sidecars' counters: each arm answers more at each scrape, split by the weights of the step. */
function countersAt(scrape: number): string {
  const lines = names.flatMap((name) =>
    [75, 25].map((weight, index) => {
      const labels = {
        reporter: 'source',
        source_workload: 'front',
        source_workload_namespace: 'shop',
        destination_service: host(name, index + 1),
        response_code: '200',
        response_flags: '-',
      };
      const text = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
      return `istio_requests_total{${text.join(',')}} ${scrape * weight}`;
    }),
  );
  return `${lines.join('\n')}\n`;
}

async function listening(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

/** Forwards to Prometheus, and counts what it is asked. */
function countingProxy(target: string): { server: Server; asked: () => number } {
  let asked = 0;
  const server = createServer(async (request, response) => {
    asked += 1;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { 'content-type': type = '' } = request.headers;
    const answer = await fetch(`${target}${request.url}`, {
      method: request.method ?? 'GET',
      headers: { 'content-type': type },
      ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
    });
    response.writeHead(answer.status).end(await answer.text());
  });
  return { server, asked: () => asked };
}

async function cpuSeconds(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^process_cpu_seconds_total (\S+)/m.exec(text)?.[1]);
}

/** A look asks for the counts, and for what is known of their targets. */
const queriesOfLook = 2;

it('a hundred releases are carried out beside each other', async () => {
  await using stack = new AsyncDisposableStack();
  const cluster: TestCluster = await startTestCluster();
  stack.defer(() => cluster.stop());
  const client = new ApiClient(await findCluster({ kubeconfig: cluster.kubeconfig }));
  stack.defer(() => client.close());
  await cluster.kubectl(['apply', '--server-side', '-k', join(repository, 'k8s/release-controller')]);
  await new Resources(client, kinds.namespace).create({ metadata: { name: 'shop' } });

  let scrapes = 0;
  const sidecars = createServer((_, response) => response.end(countersAt(++scrapes)));
  const prometheus = stack.use(await PrometheusProcess.scraping({ mesh: [await listening(sidecars)] }, '1s'));
  const proxy = countingProxy(prometheus.url.origin);
  const address = `127.0.0.1:${await listening(proxy.server)}`;
  for (const server of [sidecars, proxy.server])
    stack.defer(() => {
      server.closeAllConnections();
      server.close();
    });

  const services = new Resources<RuleObject>(client, kinds.virtualService);
  const releases = new Resources<GrayRelease>(client, grayReleaseKind);
  for (const name of names) await services.create(splitOf(name));
  for (const name of names) await releases.create(releaseOf(name));
  const settings = {
    KUBECONFIG: await cluster.serviceAccount('grayscale', 'release-controller'),
    PROMETHEUS: `http://${address}`,
    LOG_FORMAT: 'text',
  };
  const controller = stack.use(await startService('release-controller', settings, 'cluster-main.js'));
  const waiting = async () => {
    const { items } = await releases.list('shop');
    return items.filter(({ status }) => status?.percent === 25 && /^held for/.test(status.message ?? ''))
      .length;
  };
  while ((await waiting()) < names.length) await delay(500);

  const [cpu, asked, begun] = [await cpuSeconds(controller.url), proxy.asked(), performance.now()];
  const looksUntilNow = () => (proxy.asked() - asked) / queriesOfLook;
  // Each goes on being looked at; the test's own time limit is the bound.
  while (looksUntilNow() < 2 * names.length) await delay(100);
  const [looks, seconds] = [looksUntilNow(), (performance.now() - begun) / 1000];
  const milliseconds = (1000 * ((await cpuSeconds(controller.url)) - cpu)) / looks;
  process.stdout.write(
    `100 releases: ${(looks / seconds).toFixed(0)} looks a second, ${milliseconds.toFixed(1)} ms of processor time each: a tick of all takes ${(milliseconds / 10).toFixed(2)} s\n`,
  );
}, 300_000);
