import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { ApiClient, ApiError, ApiUnreachableError, type ClusterOptions, findCluster } from './index.js';

/** An API server as far as a login goes: it answers what the request brought. */
const seen: IncomingHttpHeaders[] = [];
let refuseToken: string | undefined;
const server: Server = createServer((request, response) => {
  seen.push(request.headers);
  const refused = refuseToken !== undefined && request.headers.authorization === `Bearer ${refuseToken}`;
  const path = request.url ?? '';
  if (refused) response.writeHead(401).end('{"reason":"Unauthorized","message":"expired"}');
  else if (path === '/forbidden') response.writeHead(403).end('{"reason":"Forbidden","message":"no"}');
  else if (path === '/html') response.writeHead(502).end('<html>bad gateway</html>');
  else response.end('{"kind":"Thing"}');
});
let address: string;
let folder: string;

beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  folder = await mkdtemp(join(tmpdir(), 'kubeconfig-'));
});

afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

beforeEach(() => {
  seen.length = 0;
  refuseToken = undefined;
});

interface Entries {
  user?: Record<string, unknown>;
  cluster?: Record<string, unknown>;
  context?: string;
  current?: string | null;
}

async function kubeconfig(name: string, { user = {}, cluster = {}, context = 'lab', current }: Entries = {}) {
  const file = join(folder, name);
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: `${context}-cluster`, cluster: { server: address, ...cluster } }],
    users: [{ name: `${context}-user`, user }],
    contexts: [
      {
        name: context,
        context: { cluster: `${context}-cluster`, user: `${context}-user`, namespace: 'shop' },
      },
    ],
    ...(current === null ? {} : { 'current-context': current ?? context }),
  };
  await writeFile(file, JSON.stringify(config));
  return file;
}

async function program(name: string, text: string) {
  await writeFile(join(folder, name), text);
  await chmod(join(folder, name), 0o755);
}

const subject = { verb: 'get', resource: 'things.lab', namespace: 'shop' };

/** Asks once, and gives the headers that the server saw. */
async function ask(options: ClusterOptions, path = '/'): Promise<IncomingHttpHeaders | undefined> {
  const client = new ApiClient(await findCluster(options));
  try {
    await client.send({ method: 'GET', path, subject });
    return seen.at(-1);
  } finally {
    await client.close();
  }
}

describe('the way in', () => {
  it('is a token, without the line break that ends its file', async () => {
    await writeFile(join(folder, 'token'), 'from-a-file\n');
    const written = await kubeconfig('token.yaml', { user: { token: 'secret' } });
    expect((await ask({ kubeconfig: written }))?.authorization).toBe('Bearer secret');
    const relative = await kubeconfig('token-file.yaml', { user: { tokenFile: 'token' } });
    expect((await ask({ kubeconfig: relative }))?.authorization).toBe('Bearer from-a-file');
  });

  it('is a name and a password', async () => {
    const file = await kubeconfig('basic.yaml', { user: { username: 'ada', password: 'pa:ss' } });
    expect((await ask({ kubeconfig: file }))?.authorization).toBe(`Basic ${btoa('ada:pa:ss')}`);
  });

  it('is what a plugin beside the kubeconfig prints, which is told what it is for', async () => {
    await program(
      'plugin',
      `#!/bin/sh
case "$KUBERNETES_EXEC_INFO" in *'"kind":"ExecCredential"'*'"interactive":false'*) ;; *) echo "no info" >&2; exit 1;; esac
echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"of-a-plugin"}}'
`,
    );
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: './plugin',
      interactiveMode: 'Never',
    };
    const file = await kubeconfig('exec.yaml', { user: { exec } });
    expect((await ask({ kubeconfig: file }))?.authorization).toBe('Bearer of-a-plugin');
  });

  it('is asked for anew when the server no longer takes it', async () => {
    await program(
      'counting-plugin',
      `#!/bin/sh
echo x >> ${folder}/asked
echo "{\\"kind\\":\\"ExecCredential\\",\\"status\\":{\\"token\\":\\"number-$(wc -l < ${folder}/asked | tr -d ' ')\\"}}"
`,
    );
    const file = await kubeconfig('expiring.yaml', { user: { exec: { command: './counting-plugin' } } });
    refuseToken = 'number-1';
    expect((await ask({ kubeconfig: file }))?.authorization).toBe('Bearer number-2');
    expect(seen).toHaveLength(2);
  });

  it('says what a plugin said when it failed', async () => {
    await program('broken-plugin', '#!/bin/sh\necho "please log in again" >&2\nexit 3\n');
    const file = await kubeconfig('broken.yaml', { user: { exec: { command: './broken-plugin' } } });
    await expect(ask({ kubeconfig: file })).rejects.toMatchObject({
      code: 'CLUSTER_CONFIG',
      message: 'Logging in with the context "lab" failed: please log in again',
    });
  });

  it('acts as somebody else when asked to', async () => {
    const file = await kubeconfig('as.yaml', { user: { token: 'secret' } });
    expect((await ask({ kubeconfig: file, as: 'ada' }))?.['impersonate-user']).toBe('ada');
  });

  it('refuses groups to act as, rather than leave them out', async () => {
    const file = await kubeconfig('groups.yaml', { user: { token: 'x', 'as-groups': ['admins'] } });
    await expect(ask({ kubeconfig: file })).rejects.toThrow(
      /"lab-user" sets as-groups, which is not supported/,
    );
  });

  it('leads through the proxy that the cluster names', async () => {
    const targets: string[] = [];
    // Plain HTTP goes through a proxy in absolute form; a tunnel is for HTTPS (test-cluster.spec.ts).
    const proxy = createServer((request, response) => {
      targets.push(request.url ?? '');
      response.end('{}');
    });
    await once(proxy.listen(0, '127.0.0.1'), 'listening');
    const proxyUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const file = await kubeconfig('proxy.yaml', { cluster: { 'proxy-url': proxyUrl } });
    await ask({ kubeconfig: file });
    proxy.closeAllConnections();
    proxy.close();
    expect(targets).toEqual([`${address}/`]);
    const socks = await kubeconfig('socks.yaml', { cluster: { 'proxy-url': 'socks5://127.0.0.1:1' } });
    await expect(ask({ kubeconfig: socks })).rejects.toThrow(/proxy-url socks5:.* is not supported/);
  });
});

describe('the kubeconfig', () => {
  it('is the list of KUBECONFIG, where the first entry of a name counts and missing files are passed over', async () => {
    const first = await kubeconfig('one.yaml', { user: { token: 'one' }, current: null });
    const second = await kubeconfig('two.yaml', { user: { token: 'two' }, context: 'other' });
    const third = await kubeconfig('three.yaml', { user: { token: 'three' } });
    const list = [join(folder, 'missing.yaml'), first, second, third].join(delimiter);
    expect((await ask({ environment: { KUBECONFIG: list } }))?.authorization).toBe('Bearer two');
    expect((await ask({ environment: { KUBECONFIG: list }, context: 'lab' }))?.authorization).toBe(
      'Bearer one',
    );
  });

  it("gives the context's namespace, or default", async () => {
    expect((await findCluster({ kubeconfig: await kubeconfig('ns.yaml') })).namespace).toBe('shop');
  });

  it.each([
    [
      'a file that is not there',
      { kubeconfig: '/no/such/file' },
      /^No kubeconfig was found: \/no\/such\/file/,
    ],
    ['no file at all', { environment: { HOME: '/nowhere' } }, /\/nowhere\/\.kube\/config does not exist/],
  ])('says that there is none: %s', async (_what, options, message) => {
    await expect(findCluster(options)).rejects.toThrow(message);
  });

  it('says which contexts there are', async () => {
    const file = await kubeconfig('contexts.yaml');
    await expect(findCluster({ kubeconfig: file, context: 'prod' })).rejects.toThrow(
      `There is no context "prod" in ${file}: it has lab`,
    );
    const none = await kubeconfig('none.yaml', { current: null });
    await expect(findCluster({ kubeconfig: none })).rejects.toThrow(
      /sets no current-context; .*: it has lab/,
    );
  });

  it('says which file is broken', async () => {
    const file = join(folder, 'broken.json');
    await writeFile(file, 'clusters: [{');
    await expect(findCluster({ kubeconfig: file })).rejects.toThrow(
      `${file} cannot be read as a kubeconfig: `,
    );
  });
});

describe('trouble', () => {
  it('names verb, resource and place of what is forbidden', async () => {
    const file = await kubeconfig('forbidden.yaml');
    await expect(ask({ kubeconfig: file }, '/forbidden')).rejects.toThrow(
      new ApiError(403, 'Forbidden', subject, 'no'),
    );
    await expect(ask({ kubeconfig: file }, '/forbidden')).rejects.toThrow(
      'Not allowed to get things.lab in the namespace shop: no',
    );
  });

  it('is told from an answer that is not of Kubernetes', async () => {
    const file = await kubeconfig('html.yaml');
    await expect(ask({ kubeconfig: file }, '/html')).rejects.toMatchObject({
      status: 502,
      reason: 'Unknown',
    });
  });

  it('is told from a server that is not there', async () => {
    const file = await kubeconfig('lost.yaml', { cluster: { server: 'http://127.0.0.1:1' } });
    const error = await ask({ kubeconfig: file }).catch((reason) => reason);
    expect(error).toBeInstanceOf(ApiUnreachableError);
    expect(error.message).toMatch(
      /^The API server at http:\/\/127\.0\.0\.1:1 cannot be reached: .*ECONNREFUSED/,
    );
  });
});
