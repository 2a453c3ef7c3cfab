import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hasPrometheus, PrometheusProcess } from '@grayscale/test-prometheus';
import { Stage } from './testing/stage.js';

if (!hasPrometheus) {
  process.stderr.write(
    'Left out: counters of one’s own (Debian package "prometheus", or PROMETHEUS_BINARY).\n',
  );
}

/** An application that counts its carts by version, as prom-client would. */
class Shop {
  private readonly server = createServer((_, response) => response.end(this.text()));
  private readonly counts = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;
  /** How many of ten carts of version 2 are lost. */
  losing = 0;

  async start(): Promise<number> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    this.timer = setInterval(() => this.work(), 20);
    return (this.server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.timer);
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private turn = 0;

  private work(): void {
    this.turn += 1;
    for (const version of ['1', '2']) {
      const isLost = version === '2' && this.turn % 10 < this.losing;
      const key = `version="${version}",result="${isLost ? 'lost' : 'kept'}"`;
      this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
    }
  }

  private text(): string {
    const lines = [...this.counts].map(([labels, count]) => `shop_carts_total{${labels}} ${count}\n`);
    return `# TYPE shop_carts_total counter\n${lines.join('')}`;
  }
}

/** A Prometheus that scrapes the mesh and the shop. */
async function prometheus(stage: Stage, shop: number): Promise<PrometheusProcess> {
  return await PrometheusProcess.scraping({ mesh: [Number(new URL(stage.metrics).port)], shop: [shop] });
}

const carts = {
  name: 'carts',
  max: '20%',
  query: { bad: 'shop_carts_total{version="2",result="lost"}', all: 'shop_carts_total{version="2"}' },
};

(hasPrometheus ? describe : describe.skip)('a guard over counters of one’s own, in a real Prometheus', () => {
  it.each([
    { losing: 5, exit: 81, says: /abort: carts: [\d,]+ of [\d,]+/ },
    { losing: 0, exit: 0, says: /-> 60 %/ },
  ])('with $losing of 10 lost the release ends with $exit', async ({ losing, exit, says }) => {
    await using stage = await Stage.set();
    await using shop = new Shop();
    await using source = await prometheus(stage, await shop.start());
    stage.traffic({ requestsPerSecond: 100 });
    const guards = [{ name: 'failures', max: '50%' }, carts];
    const steps = [25, 60].map((percent) => ({ percent, hold: '3s', requests: 50 }));
    const plan = await stage.plan({ steps, guards, settle: '500ms' });
    const args = ['-f', 'k8s/internal', '--prometheus', source.url.origin, '--interval', '500ms'];
    const rollout = stage.grayscale('rollout', plan, ...args);
    await rollout.said(/25 % is in force/);
    shop.losing = losing;
    expect([await rollout.exit, rollout.output]).toEqual([exit, expect.stringMatching(says)]);
    expect(await stage.weights()).toEqual(exit === 0 ? [40, 60] : [90, 10]);
  });

  it('that Prometheus refuses is waited for, with the words of Prometheus, and nothing goes on', async () => {
    await using stage = await Stage.set();
    await using shop = new Shop();
    await using source = await prometheus(stage, await shop.start());
    const query = { bad: 'rate(shop_carts_total[1m])', all: carts.query.all };
    const plan = await stage.plan({ steps: [{ percent: 25 }], guards: [{ ...carts, query }] });
    const args = ['-f', 'k8s/internal', '--prometheus', source.url.origin, '--interval', '200ms'];
    const rollout = stage.grayscale('rollout', plan, ...args, '--unreachable-for', '2s');
    expect(await rollout.exit).toBe(69);
    const status = stage.grayscale('status', plan);
    await status.exit;
    expect(status.output).toContain('refuses the query: bad_data');
  });
});
