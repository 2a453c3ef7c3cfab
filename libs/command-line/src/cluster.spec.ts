import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import {
  addClusterOptions,
  type ClusterOptions,
  CommandError,
  openCluster,
  requireSource,
  withCluster,
} from './index.js';

/** What a command with these options does. */
async function parsed(...argv: string[]): Promise<ClusterOptions> {
  const command = addClusterOptions(new Command('x').option('-f, --filename <path...>')).action(() => {});
  await command
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .parseAsync(argv, { from: 'user' });
  return command.opts();
}

describe('the options of a cluster', () => {
  it('are those of kubectl', async () => {
    expect(await parsed('--cluster', '--context', 'prod', '--as', 'jane', '--request-timeout', '2m')).toEqual(
      {
        cluster: true,
        context: 'prod',
        as: 'jane',
        requestTimeout: 120_000,
      },
    );
    expect(await parsed('-f', 'k8s')).toEqual({ filename: ['k8s'], requestTimeout: 30_000 });
    expect(await parsed('--cluster', '--request-timeout', '0')).toMatchObject({ requestTimeout: 0 });
  });

  it.each([
    [['--cluster', '-f', 'k8s'], /-f and --cluster exclude each other/],
    [['-f', 'k8s', '--context', 'prod'], /^--context says which cluster is meant; add --cluster\.$/],
    [['-f', 'k8s', '--request-timeout', '30s'], /^--request-timeout says which cluster/],
  ])('refuse %j as wrong usage', async (argv, message) => {
    await expect(parsed(...argv)).rejects.toMatchObject({
      exitCode: 64,
      message: expect.stringMatching(message),
    });
  });

  it('want files or a cluster where rules are needed', () => {
    expect(() => requireSource({})).toThrow(/-f PATH for files, or --cluster/);
    expect(() => requireSource({ filename: ['k8s'] })).not.toThrow();
    expect(() => requireSource({ cluster: true })).not.toThrow();
  });
});

describe('a connection to a cluster', () => {
  let folder: string;
  let server: Server;
  let status = 200;
  const kubeconfig = () => join(folder, 'config');
  const subject = { verb: 'list', resource: 'services' };
  const ask = () =>
    withCluster({ kubeconfig: kubeconfig(), requestTimeout: 1000 }, async ({ client, access }) => {
      await client.send({ method: 'GET', path: '/api/v1/services', subject });
      return access.namespace;
    });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cluster-options-'));
    server = createServer((_, response) => {
      response.statusCode = status;
      response.end(JSON.stringify({ kind: 'Status', reason: 'Any', message: 'the server says no' }));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    await writeKubeconfig((server.address() as AddressInfo).port);
  });

  afterAll(async () => {
    server.close();
    await rm(folder, { recursive: true });
  });

  async function writeKubeconfig(port: number): Promise<void> {
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'c', cluster: { server: `http://127.0.0.1:${port}` } }],
      users: [{ name: 'u', user: { token: 't' } }],
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u', namespace: 'shop' } }],
      'current-context': 'c',
    };
    await writeFile(kubeconfig(), JSON.stringify(config));
  }

  it('has the namespace of the context', async () => {
    status = 200;
    expect(await ask()).toBe('shop');
  });

  it.each([
    [401, 77],
    [403, 77],
    [404, 65],
    [409, 75],
    [422, 65],
    [429, 69],
    [503, 69],
  ])('ends a command that gets %i with %i', async (answer, exitCode) => {
    status = answer;
    await expect(ask()).rejects.toBeInstanceOf(CommandError);
    await expect(ask()).rejects.toMatchObject({ exitCode, message: expect.stringContaining('says no') });
  });

  it('ends a command with 69 where nobody answers, and with 64 where the kubeconfig does not serve', async () => {
    await writeKubeconfig(1);
    await expect(ask()).rejects.toMatchObject({
      exitCode: 69,
      message: expect.stringMatching(/cannot be reached.*\.$/),
    });
    const wrong = openCluster({ kubeconfig: kubeconfig(), context: 'prod', requestTimeout: 1 });
    await expect(wrong).rejects.toMatchObject({
      exitCode: 64,
      message: expect.stringMatching(/context "prod"/),
    });
  });
});
