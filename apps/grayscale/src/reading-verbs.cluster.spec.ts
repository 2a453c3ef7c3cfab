import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CountedConnections, startTestCluster, type TestCluster } from '@grayscale/test-cluster';
import { type Captured, runCaptured } from './testing/run-captured.js';

describe('the verbs that read, against a cluster', () => {
  let cluster: TestCluster;

  async function kubectl(args: string[], input?: string): Promise<void> {
    const { code, stderr } = await cluster.kubectl(args, input);
    if (code !== 0) throw new Error(stderr);
  }

  const live = (...argv: string[]): Promise<Captured> =>
    runCaptured(...argv, '--cluster', '--kubeconfig', cluster.kubeconfig);
  const files = (...argv: string[]) => runCaptured(...argv, '-f', 'k8s/internal');
  /** What is the same whether rules come from files or from a cluster: all but their places. */
  const withoutPlaces = (text: string) =>
    text.replaceAll(/k8s\/\S+:\d+:\d+|\w+ [\w-]+\/[\w-]+ \(cluster\)( spec[^\s:]*)?/g, 'PLACE');

  beforeAll(async () => {
    cluster = await startTestCluster();
    await kubectl(['apply', '-k', 'k8s/internal']);
  });

  afterAll(async () => {
    await cluster?.stop();
  });

  it.each([[[]], [['-H', 'user: test']], [['-X', 'POST']]])(
    'explain says of %j what it says of the same files, and where in the cluster it is',
    async (request) => {
      const argv = ['explain', ...request, '-n', 'hello-page', 'http://hello.com/hello'];
      const answer = await live(...argv);
      expect(answer).toMatchObject({ code: 0, err: '' });
      expect(withoutPlaces(answer.out)).toBe(withoutPlaces((await files(...argv)).out));
      expect(answer.out).toContain('VirtualService hello-page/hello-ext-svc (cluster) spec.http[0]');
    },
  );

  it('take the namespace of the context, unless another is named', async () => {
    // A short name is known in its own namespace alone.
    const kindIn = async (...argv: string[]) => {
      const { out } = await runCaptured('explain', 'http://hello:8080/', '--cluster', '-o', 'json', ...argv);
      return JSON.parse(out).decision.kind;
    };
    const elsewhere = `${cluster.kubeconfig}.hello-1`;
    const text = await readFile(cluster.kubeconfig, 'utf8');
    await writeFile(elsewhere, text.replace('"namespace":"default"', '"namespace":"hello-1"'));
    expect(await kindIn('--kubeconfig', cluster.kubeconfig)).toBe('pass-through');
    expect(await kindIn('--kubeconfig', elsewhere)).toBe('forward');
    expect(await kindIn('--kubeconfig', cluster.kubeconfig, '-n', 'hello-1')).toBe('forward');
    expect(await live('weight', 'get')).toMatchObject({
      code: 64,
      err: expect.stringMatching(/in the namespace default\. There is hello-page\/hello-ext-svc#0\./),
    });
    expect((await live('weight', 'get', '-n', 'hello-page')).out).toMatch(/hello\.hello-1.*90 %/);
    expect((await live('weight', 'get', 'hello-page/hello-ext-svc')).code).toBe(0);
  });

  it('check counts objects, and names what is wrong by object and field', async () => {
    expect(await live('check', '-n', 'hello-page')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^0 errors, 0 warnings in \d+ objects$/m),
    });
    const broken = {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { name: 'broken', namespace: 'hello-1' },
      spec: {
        hosts: ['broken.example'],
        http: [
          {
            route: [
              { destination: { host: 'a' }, weight: -1 },
              { destination: { host: 'b' }, weight: 10 },
            ],
          },
        ],
      },
    };
    await kubectl(['apply', '-f', '-'], JSON.stringify(broken));
    try {
      const { code, out } = await live('check', '-n', 'hello-page');
      expect(code).toBe(79);
      expect(out).toMatch(
        /^VirtualService hello-1\/broken \(cluster\) spec\.http\[0\]\.route\[0\]\.weight: error: /m,
      );
      // What somebody else has broken does not keep others from an answer.
      expect(await live('explain', '-n', 'hello-page', 'http://hello.com/hello')).toMatchObject({
        code: 0,
        out: expect.stringContaining('http[0] decides'),
        err: expect.stringMatching(/^VirtualService hello-1\/broken cannot be put in force and is left out/),
      });
    } finally {
      await kubectl(['delete', 'virtualservice', 'broken', '-n', 'hello-1']);
    }
  });

  it('test plays its cases', async () => {
    const { code, out } = await live(
      'test',
      '-n',
      'hello-page',
      'apps/grayscale/examples/internal.cases.yaml',
    );
    expect([code, out]).toEqual([0, expect.stringContaining('3 of 3 cases passed')]);
  });

  it('headers lists what the rules match on', async () => {
    await kubectl(['apply', '-f', 'k8s/internal/virtual-service-test-v1.yaml']);
    const { out } = await live('headers', '-o', 'text');
    expect(out).toMatch(
      /^user {2}VirtualService hello-page\/hello-ext-svc \(cluster\) spec\.http\[0\]\.match/,
    );
    await kubectl(['apply', '-k', 'k8s/internal']);
  });

  it('verify compares with the weights in force there', async () => {
    const counts = { 'hello.hello-1': 0, 'hello.hello-2': 0 };
    const metrics = createHttpServer((_, response) => {
      // All of it goes to hello-2, where a tenth should.
      counts['hello.hello-2'] += 500;
      const lines = Object.entries(counts).map(
        ([name, count]) =>
          `istio_requests_total{reporter="source",source_workload="hello-page",source_workload_namespace="hello-page",destination_service="${name}.svc.cluster.local",destination_version="unknown",response_code="200",response_flags="-",grpc_response_status=""} ${count}`,
      );
      response.end(
        `# TYPE istio_requests_total counter\nprocess_start_time_seconds 1\n${lines.join('\n')}\n`,
      );
    });
    await once(metrics.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${(metrics.address() as AddressInfo).port}/metrics`;
    const verified = await live('verify', '-n', 'hello-page', '--metrics', url, '--interval', '50ms');
    metrics.close();
    expect(verified).toMatchObject({ code: 79, err: '' });
    expect(verified.out).toMatch(/hello\.hello-2\S* {2}10 % written, 100 % observed .*: differs/);
  });

  it('say what the user may not do, and what rule is missing', async () => {
    expect(await live('explain', '--as', 'jane', 'http://hello.com/')).toEqual({
      code: 77,
      out: '',
      err: expect.stringMatching(
        /^grayscale: Not allowed to list .*User "jane" cannot list.*The rules to add to a ClusterRole: .*\}\.\n$/,
      ),
    });
  });

  it('say that the server is not there', async () => {
    const file = `${cluster.kubeconfig}.gone`;
    await writeFile(
      file,
      (await readFile(cluster.kubeconfig, 'utf8')).replace(/127\.0\.0\.1:\d+/, '127.0.0.1:1'),
    );
    expect(await runCaptured('check', '--cluster', '--kubeconfig', file)).toEqual({
      code: 69,
      out: '',
      err: expect.stringMatching(
        /^grayscale: The API server at https:\/\/127\.0\.0\.1:1 cannot be reached: .*\.\n$/,
      ),
    });
  });

  it('open few connections', async () => {
    const counted = await CountedConnections.to(cluster);
    const argv = ['explain', '-n', 'hello-page', 'http://hello.com/hello', '--cluster'];
    expect(await runCaptured(...argv, '--kubeconfig', counted.kubeconfig)).toMatchObject({
      code: 0,
      err: '',
    });
    counted.close();
    expect(counted.accepted).toBeLessThanOrEqual(4);
    process.stdout.write(`explain --cluster opened ${counted.accepted} connections\n`);
  });
});
