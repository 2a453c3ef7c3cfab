import type { CountQuestion } from '@grayscale/release';
import { hasPrometheus, PrometheusProcess } from '@grayscale/test-prometheus';
import { MetricsServer, question } from '../testing/metrics-server.js';
import { countsOf, seen } from '../testing/totals.js';
import { PrometheusSource } from './prometheus-source.js';

const withPrometheus = hasPrometheus ? describe : describe.skip;
if (!hasPrometheus) {
  process.stderr.write(
    'Left out: counts from a real Prometheus (Debian package "prometheus", or PROMETHEUS_BINARY).\n',
  );
}

async function watched() {
  const server = await MetricsServer.listening();
  server.stable(5000);
  const prometheus = await PrometheusProcess.scraping({ mesh: [server.port] });
  await prometheus.scraped();
  const source = new PrometheusSource({ url: prometheus.url });
  const { cursor } = seen(await source.look(question, undefined));
  const stack = new AsyncDisposableStack();
  stack.use(prometheus);
  stack.use(server);
  return { server, prometheus, source, cursor, stack };
}

withPrometheus('counts from a real Prometheus', () => {
  it('are exact for series that exist, that are new, and over a restart, where increase() is not', async () => {
    const { server, prometheus, source, cursor, stack } = await watched();
    await using _ = stack;
    server.stable(7);
    server.canary(10);
    server.canary(2, { response_code: '503' });
    await prometheus.scraped();
    const first = seen(await source.look(question, cursor));
    expect(first.blind).toEqual([]);
    expect(countsOf(first, 'stable').requests).toBe(7);
    expect(countsOf(first, 'canary')).toMatchObject({ requests: 12, failed: 2 });
    const [increase] = await prometheus.value(
      'sum(increase(istio_requests_total{destination_service="hello.hello-2.svc.cluster.local"}[1m]))',
    );
    expect(increase).not.toBe(12);

    server.stable(100);
    await prometheus.scraped();
    server.reset();
    server.stable(5);
    await prometheus.scraped();
    const second = seen(await source.look(question, first.cursor));
    expect(countsOf(second, 'stable').requests).toBe(105);
    expect(countsOf(await source.look(question, second.cursor), 'stable').requests).toBe(0);
  });

  it('a restart that comes back higher shows by the start time', async () => {
    const { server, prometheus, source, cursor, stack } = await watched();
    await using _ = stack;
    server.age = { process_start_time_seconds: 100 };
    await prometheus.scraped();
    server.reset({ process_start_time_seconds: 200 });
    server.stable(6000);
    await prometheus.scraped();
    expect(countsOf(await source.look(question, cursor), 'stable').requests).toBe(6000);
  });

  it('a new pod counts from 0, and one that Prometheus had not been told of when counting began, too', async () => {
    const { server, prometheus, source, cursor, stack } = await watched();
    await using _ = stack;
    await using pod = await MetricsServer.listening();
    pod.canary(40);
    await prometheus.configure({ mesh: [server.port, pod.port] });
    await prometheus.reload();
    await prometheus.scraped();
    const reading = seen(await source.look(question, cursor));
    expect(countsOf(reading, 'canary').requests).toBe(40);
    expect(reading.blind).toEqual([]);
  });

  it('a series of a job that was not scraped before is blind: the baseline, not 5,000 too many', async () => {
    const { server, prometheus, source, cursor, stack } = await watched();
    await using _ = stack;
    await using pod = await MetricsServer.listening();
    pod.canary(5000);
    await prometheus.configure({ mesh: [server.port], other: [pod.port] });
    await prometheus.reload();
    await prometheus.scraped();
    const blind = seen(await source.look(question, cursor));
    expect(countsOf(blind, 'canary').requests).toBe(0);
    expect(blind.blind).toEqual([
      expect.stringMatching(/^hello-page to hello\.hello-2\..* code 200, from 127/),
    ]);
    pod.canary(3);
    await prometheus.scraped();
    expect(countsOf(await source.look(question, blind.cursor), 'canary').requests).toBe(3);
  });

  it('an instance that two jobs scrape counts once', async () => {
    const { server, prometheus, source, cursor, stack } = await watched();
    await using _ = stack;
    await prometheus.configure({ mesh: [server.port], second: [server.port] });
    await prometheus.reload();
    await prometheus.scraped();
    const both = seen(await source.look(question, cursor));
    server.stable(9);
    await prometheus.scraped();
    expect(countsOf(await source.look(question, both.cursor), 'stable').requests).toBe(9);
  });

  it('tells how fresh it is: the newest successful scrape, and how often there is one', async () => {
    const { server, prometheus, source, cursor, stack } = await watched();
    await using _ = stack;
    await prometheus.scraped();
    await prometheus.scraped();
    const fresh = seen(await source.look(question, cursor));
    // In milliseconds; a machine with much to do leaves some out.
    expect(fresh.interval).toBeGreaterThan(150);
    expect(fresh.interval).toBeLessThan(5000);
    server.answer = { status: 500, text: '' };
    await prometheus.scraped();
    await prometheus.scraped();
    const stale = seen(await source.look(question, fresh.cursor));
    await prometheus.scraped();
    const staler = seen(await source.look(question, stale.cursor));
    expect(staler.at).toBe(stale.at);
  });

  it('one that has scraped nothing yet gives no data; one that scrapes nobody of the callers has seen no requests', async () => {
    await using server = await MetricsServer.listening();
    await using prometheus = await PrometheusProcess.scraping({});
    const source = new PrometheusSource({ url: prometheus.url });
    expect(await source.look(question, undefined)).toMatchObject({
      kind: 'no-look',
      reason: expect.stringMatching(/has scraped nothing yet/),
    });
    await prometheus.configure({ other: [server.port] });
    await prometheus.reload();
    await prometheus.scraped();
    expect(seen(await source.look(question, undefined)).counts).toEqual([]);
  });

  it('while Prometheus is down there is no data; after its restart nothing is lost and nothing counted twice', async () => {
    const { server, prometheus, source, cursor, stack } = await watched();
    await using _ = stack;
    server.canary(4);
    await prometheus.scraped();
    await prometheus.stop();
    expect(await source.look(question, cursor)).toMatchObject({
      kind: 'no-look',
      reason: expect.stringMatching(/refuses the connection/),
    });
    server.canary(5);
    await prometheus.start();
    await prometheus.scraped();
    expect(countsOf(await source.look(question, cursor), 'canary').requests).toBe(9);
  });

  it("counters of one's own are counted as exactly, new series too; what is not a selector is refused", async () => {
    const { server, prometheus, source, stack } = await watched();
    await using _ = stack;
    const all = 'istio_requests_total{destination_service=~".*hello-2.*"}';
    const bad = 'istio_requests_total{destination_service=~".*hello-2.*",response_code="409"}';
    const own: CountQuestion = {
      ...question,
      arms: [],
      queries: [{ guard: 'cart', arm: 'canary', bad, all }],
    };
    const { cursor } = seen(await source.look(own, undefined));
    server.canary(5);
    server.canary(2, { response_code: '409' });
    await prometheus.scraped();
    const first = seen(await source.look(own, cursor));
    expect(first.queries).toEqual([{ guard: 'cart', arm: 'canary', bad: 2, all: 7 }]);
    expect(seen(await source.look(own, first.cursor)).queries).toMatchObject([{ bad: 0, all: 0 }]);
    const rate: CountQuestion = {
      ...own,
      queries: [{ guard: 'cart', arm: 'canary', bad, all: 'rate(a[1m])' }],
    };
    expect(await source.look(rate, cursor)).toMatchObject({
      reason: expect.stringContaining('refuses the query: bad_data'),
    });
  });

  it('names of any kind reach Prometheus as they are', async () => {
    const { server, prometheus, source, stack } = await watched();
    await using _ = stack;
    const host = 'odd.+"\\host|x';
    const odd = {
      ...question,
      arms: [
        { key: 'stable', host: 'a.b' },
        { key: 'canary', host },
      ],
    };
    server.canary(1, { destination_service: 'aXb' });
    await prometheus.scraped();
    const { cursor, counts } = seen(await source.look(odd, undefined));
    expect(counts).toEqual([]);
    server.canary(1, { destination_service: host.replace(/[\\"]/g, '\\$&') });
    await prometheus.scraped();
    expect(countsOf(await source.look(odd, cursor), 'canary').requests).toBe(1);
  });
});
