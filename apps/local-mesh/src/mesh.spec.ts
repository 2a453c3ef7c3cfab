import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { pathToFileURL } from 'node:url';
import { jest } from '@jest/globals';
import { ProxyAgent, request } from 'undici';
import { Backend } from './testing/backend.js';
import { helloManifest, RuleFile } from './testing/manifests.js';
import { MeshProcess } from './testing/mesh-process.js';

/** A client of a mesh. HTTP is sent as absolute-form requests. */
class Client {
  private readonly agent: ProxyAgent;

  constructor(proxy: string) {
    this.agent = new ProxyAgent({ uri: proxy, proxyTunnel: false });
  }

  async get(url = 'http://hello.com/hello'): Promise<{ status: number; text: string }> {
    const { statusCode, body } = await request(url, { dispatcher: this.agent });
    return { status: statusCode, text: await body.text() };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.agent.destroy();
  }
}

// Each test starts a process or two; a busy machine takes its time for that.
jest.setTimeout(60_000);
afterAll(() => MeshProcess.endAll());

describe('the local mesh as a process', () => {
  it('says what is in force, serves it, and ends with 0', async () => {
    await using one = await Backend.named('hello 1');
    await using two = await Backend.named('hello 2');
    await using file = await RuleFile.with(helloManifest({ share: 100, ports: [one.port, two.port] }));
    await using mesh = await MeshProcess.listening('-f', file.path, '--access-log', 'all');
    await using client = new Client(mesh.proxy);
    expect(await client.get()).toEqual({ status: 200, text: 'hello 1' });
    expect(mesh.messages).toContain('any request -> hello-1.external:80 100 %, hello-2.external:80 0 %');
    mesh.signal('SIGTERM');
    expect(await mesh.ended).toEqual({ code: 0, signal: null });
    expect(mesh.log).toMatch(
      /^\[.*\] "GET \/hello HTTP\/1\.1" 200 - 0 7 .*"hello\.com" "127\.0\.0\.1:\d+"\n$/,
    );
  });

  it('stands for a gateway: requests to it, and through it, meet its rules, and are as those from outside', async () => {
    await using one = await Backend.named('hello 1');
    const gateway = `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: istio-system}
spec:
  selector: {istio: ingressgateway}
  servers:
  - {port: {number: 80, name: http, protocol: HTTP}, hosts: [hello.com]}
  - {port: {number: 443, name: https, protocol: HTTPS}, hosts: [hello.com], tls: {mode: SIMPLE, credentialName: none}}
`;
    const rules = helloManifest({ share: 100, ports: [one.port, 1] })
      .replace('hosts: [hello.com]\n', 'hosts: [hello.com]\n  gateways: [istio-system/edge]\n')
      .replace(
        '- route:',
        '- headers: {response: {set: {x-seen: "%REQ(X-FORWARDED-FOR)%|%REQ(X-ENVOY-ATTEMPT)%"}}}\n    route:',
      );
    await using file = await RuleFile.with([rules, gateway].join('---\n'));
    const ports = ['--listen', '0=80', '--listen', '0=443', '--tls-self-signed'];
    await using mesh = await MeshProcess.listening('-f', file.path, '--gateway', 'edge', ...ports);
    const [, port] = await mesh.said(
      /^127\.0\.0\.1:(\d+) stands for port 80 of the gateway \(HTTP for hello\.com\)$/m,
    );
    const ask = async (host: string, url = mesh.proxy) => {
      const headers = { host, 'x-forwarded-for': '10.0.0.1', 'x-envoy-attempt': '9' };
      const { statusCode, headers: got, body } = await request(`${url}/hello`, { headers });
      return { status: statusCode, seen: got['x-seen'], text: await body.text() };
    };
    expect(await ask('hello.com')).toEqual({ status: 200, seen: '10.0.0.1,127.0.0.1|', text: 'hello 1' });
    expect(await ask('other.com')).toEqual({ status: 404, seen: undefined, text: '' });
    expect(await ask('hello.com', `http://127.0.0.1:${port}`)).toMatchObject({ text: 'hello 1' });
    await using client = new Client(mesh.proxy);
    expect(await client.get('http://hello.com/hello')).toEqual({ status: 200, text: 'hello 1' });
    const [, secure] = await mesh.said(
      /^127\.0\.0\.1:(\d+) stands for port 443 of the gateway \(TLS for hello\.com\)$/m,
    );
    const tls = connectTls({ port: Number(secure), servername: 'hello.com', rejectUnauthorized: false });
    await once(tls, 'secureConnect');
    expect(tls.getPeerCertificate().subjectaltname).toContain('DNS:hello.com');
    tls.destroy();
    await file.write(
      [
        rules,
        gateway
          .replace('number: 443', 'number: 444')
          .replace('protocol: HTTPS', 'protocol: HTTP')
          .replace(/, tls: .*}}$/m, '}'),
      ].join('---\n'),
    );
    await mesh.said(/^port 443 of the gateway is gone: 127\.0\.0\.1:\d+ is closed$/m);
    await mesh.said(
      /^127\.0\.0\.1:8444 stands for port 444|^warning: port 444 of the gateway is not listened on/m,
    );
  });

  it('stands for services on ports of their own, and says when one is gone', async () => {
    await using one = await Backend.named('hello 1');
    await using file = await RuleFile.with(helloManifest({ share: 100, ports: [one.port, 1] }));
    const wanted = ['--listen', '0=hello.com:80', '--listen', '127.0.0.1:0=hello-2.external:80'];
    await using mesh = await MeshProcess.listening('-f', file.path, ...wanted);
    const [, address] = await mesh.said(/^(127\.0\.0\.1:\d+) stands for hello\.com:80 \(HTTP\)$/m);
    const { statusCode, body } = await request(`http://${address}/hello`);
    expect([statusCode, await body.text()]).toEqual([200, 'hello 1']);
    const { listeners } = (await (await fetch(`${mesh.admin}/listeners`)).json()) as { listeners: unknown[] };
    const onLoopback = { address: '127.0.0.1', port: expect.any(Number), takes: 'HTTP' };
    expect(listeners).toEqual([
      { ...onLoopback, standsFor: 'proxy' },
      { ...onLoopback, standsFor: 'hello.com:80' },
      { ...onLoopback, standsFor: 'hello-2.external:80' },
    ]);
    await file.write(helloManifest({ ports: [one.port, 1] }).replaceAll('hello-2.external', 'gone.external'));
    await mesh.said(/warning: --listen 127\.0\.0\.1:0=hello-2\.external:80: the changed rules do not know/);
    mesh.signal('SIGTERM');
    expect(await mesh.ended).toEqual({ code: 0, signal: null });
  });

  it.each([
    ['hello.co:80', /no service and no rule is called hello\.co:80.* did you mean hello\.com:80\?$/],
    ['hello.com:81', /no service and no rule is called hello\.com:81.* it has hello\.com:80\.$/],
    ['nobody:80', /seen from the namespace hello-page; registered are hello-1\.external:80, /],
  ])('does not start for %s, which nobody knows, and says what to write', async (service, line) => {
    await using file = await RuleFile.with(helloManifest());
    const ports = ['--port', '0', '--admin-port', '0'];
    await using mesh = new MeshProcess('-f', file.path, ...ports, '--listen', `0=${service}`);
    expect(await mesh.ended).toEqual({ code: 1, signal: null });
    expect(mesh.messages.trimEnd().split('\n').at(-1)).toMatch(line);
  });

  it('loads nothing that speaks to a cluster for rules in files', async () => {
    await using file = await RuleFile.with(helloManifest());
    const hook = pathToFileURL(join(import.meta.dirname, '../../../tools/loaded-packages.js')).href;
    await using mesh = await MeshProcess.listening('--import', hook, '-f', file.path);
    mesh.signal('SIGTERM');
    const [, loaded = ''] = await mesh.said(/^LOADED (.*)$/m);
    expect(JSON.parse(loaded)).toContain('libs/command-line');
    expect(loaded).not.toMatch(/cluster-client|client-node|undici|js-yaml/);
  });

  it('follows a saved file at once, without a failed request', async () => {
    await using one = await Backend.named('hello 1');
    await using two = await Backend.named('hello 2');
    const ports: [number, number] = [one.port, two.port];
    await using file = await RuleFile.with(helloManifest({ share: 100, ports }));
    await using mesh = await MeshProcess.listening('-f', file.path);
    await using client = new Client(mesh.proxy);
    const wrong: unknown[] = [];
    let isOver = false;
    const load = async () => {
      while (!isOver) {
        const answer = await client.get().catch(String);
        if (typeof answer === 'string' || answer.status !== 200) wrong.push(answer);
      }
    };
    const loads = Array.from({ length: 8 }, load);
    for (const share of [0, 100, 0, 100, 0, 100]) {
      await file.write(helloManifest({ share, ports }));
      const wanted = share === 100 ? 'hello 1' : 'hello 2';
      // The answers themselves say which rules are in force; never is the test's own limit.
      while ((await client.get()).text !== wanted);
      expect(await Promise.all(Array.from({ length: 20 }, () => client.get()))).toEqual(
        Array.from({ length: 20 }, () => ({ status: 200, text: wanted })),
      );
    }
    isOver = true;
    await Promise.all(loads);
    expect(wrong).toEqual([]);
  });

  it('keeps the last good rules when a file breaks, says where, and takes the corrected file', async () => {
    await using one = await Backend.named('hello 1');
    await using two = await Backend.named('hello 2');
    const ports: [number, number] = [one.port, two.port];
    await using file = await RuleFile.with(helloManifest({ share: 100, ports }));
    await using mesh = await MeshProcess.listening('-f', file.path);
    await using client = new Client(mesh.proxy);

    await file.write(helloManifest({ share: 100, ports }).replace('weight: 100', 'weight: many'));
    const [line] = await mesh.said(/^.*error: .*$/m);
    expect(line).toMatch(
      new RegExp(
        `^${file.path}:\\d+:\\d+: error: VirtualService hello-page/hello spec\\.http\\[0\\]\\.route\\[0\\]\\.weight: `,
      ),
    );
    await mesh.said(/stay in force/);
    expect(await client.get()).toEqual({ status: 200, text: 'hello 1' });
    const dump = await (await fetch(`${mesh.admin}/config_dump`)).json();
    expect(dump).toMatchObject({
      refusedAt: expect.any(String),
      issues: [{ severity: 'error', file: file.path }],
    });

    await file.write(helloManifest({ share: 0, ports }));
    await mesh.said(/hello-1\.external:80 0 %/);
    expect(await client.get()).toEqual({ status: 200, text: 'hello 2' });
  });

  const badSaves: Array<[string, string, string, RegExp]> = [
    ['is emptied', '', '', /error: .*held .*VirtualService hello.* \[file-emptied\]/],
    ['keeps its comments alone', '', '# hello.com\n', /\[file-emptied\]/],
    [
      'has an object as a namespace',
      'namespace: hello-page',
      'namespace: {toString: a}',
      /\[field-wrong-type\]/,
    ],
    [
      'makes the engine fail',
      'namespace: hello-page',
      'engineFails: true, namespace: hello-page',
      /\[engine-failure\]/,
    ],
  ];
  it.each(badSaves)('keeps the last good rules when a file %s, and says so', async (_, from, to, said) => {
    await using one = await Backend.named('hello 1');
    const text = helloManifest({ share: 100, ports: [one.port, one.port] });
    await using file = await RuleFile.with(text);
    await using mesh = await MeshProcess.withFaultyEngine('-f', file.path);
    await using client = new Client(mesh.proxy);
    await file.write(from === '' ? to : text.replaceAll(from, to));
    const [line] = await mesh.said(said);
    expect(line).not.toMatch(/^ +at /m);
    await mesh.said(/stay in force/);
    expect(mesh.messages).toContain(`${file.path}:`);
    expect(await client.get()).toEqual({ status: 200, text: 'hello 1' });
    mesh.messages = '';
    await file.write(`${text}# mended\n`);
    await mesh.said(/in force: 1 VirtualService/);
    mesh.signal('SIGTERM');
    expect(await mesh.ended).toEqual({ code: 0, signal: null });
  });

  it('says loudly what an empty set does', async () => {
    await using file = await RuleFile.with('# nothing yet\n');
    await using mesh = await MeshProcess.listening('-f', file.path);
    expect(mesh.messages).toMatch(/in force: NONE\. Every request goes to the host that it names/);
    await using closed = await MeshProcess.listening(
      '-f',
      file.path,
      '--outbound-traffic-policy',
      'REGISTRY_ONLY',
    );
    expect(closed.messages).toMatch(/in force: NONE\. Every request is answered with 502/);
  });

  it('goes on, and ends, when a pipe appears among its files', async () => {
    await using one = await Backend.named('hello 1');
    await using two = await Backend.named('hello 2');
    const ports: [number, number] = [one.port, two.port];
    await using file = await RuleFile.with(helloManifest({ share: 100, ports }));
    await using mesh = await MeshProcess.listening('-f', file.folder);
    await using client = new Client(mesh.proxy);
    const pipe = join(file.folder, 'pipe.yaml');
    execFileSync('mkfifo', [pipe]);
    await mesh.said(/pipe\.yaml:1:1: error: .*not a regular file/);
    await rm(pipe);
    await file.write(helloManifest({ share: 0, ports }));
    while ((await client.get()).text !== 'hello 2');
    execFileSync('mkfifo', [pipe]);
    mesh.signal('SIGTERM');
    expect(await mesh.ended).toEqual({ code: 0, signal: null });
  });

  it('can be stopped while it waits for its first rules', async () => {
    await using file = await RuleFile.with('');
    const pipe = join(file.folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    await using onPipe = new MeshProcess('-f', pipe, '--port', '0', '--admin-port', '0');
    await using onInput = new MeshProcess('-f', '-', '--port', '0', '--admin-port', '0');
    for (const mesh of [onPipe, onInput]) {
      // The first signals may come before it listens to any.
      const signals = setInterval(() => mesh.signal('SIGTERM'), 500);
      expect([
        { code: 0, signal: null },
        { code: null, signal: 'SIGTERM' },
        { code: 143, signal: null },
      ]).toContainEqual(await mesh.ended);
      clearInterval(signals);
    }
  });

  it('says what the rules do together once they are in force', async () => {
    await using file = await RuleFile.with(helloManifest());
    await using mesh = await MeshProcess.listening('-f', file.path);
    const hidden = helloManifest().replace(
      '- route:',
      '- match: [{uri: {prefix: /}}]\n    redirect: {uri: /}\n  - route:',
    );
    mesh.messages = '';
    await file.write(hidden);
    const [line] = await mesh.said(/^.*warning: .*no request reaches this rule.*$/m);
    expect(line).toContain(`${file.path}:`);
    expect(mesh.messages.indexOf('in force')).toBeLessThan(mesh.messages.indexOf('no request reaches'));
    const dump = await fetch(`${mesh.admin}/config_dump`);
    expect(await dump.json()).toMatchObject({ issues: [{ code: 'rule-shadowed' }] });
  });

  it('starts with nothing when there are no good rules', async () => {
    await using file = await RuleFile.with(helloManifest().replace('weight: 90', 'weight: -1'));
    await using mesh = new MeshProcess('-f', file.path, '--port', '0', '--admin-port', '0');
    expect(await mesh.ended).toEqual({ code: 1, signal: null });
    expect(mesh.messages).toMatch(/:\d+:\d+: error: .*weight.*\n.*no good rules/);
  });

  it('reads standard input', async () => {
    await using mesh = new MeshProcess('-f', '-', '--port', '0', '--admin-port', '0');
    mesh.stdin.end(helloManifest());
    await mesh.said(/admin on/);
    expect(mesh.messages).toContain('VirtualService hello-page/hello (-:');
  });

  it('finishes what is in flight before it ends, and takes nothing new', async () => {
    await using one = await Backend.named('hello 1');
    await using file = await RuleFile.with(helloManifest({ share: 100, ports: [one.port, one.port] }));
    await using mesh = await MeshProcess.listening('-f', file.path, '--drain-seconds', '60');
    await using client = new Client(mesh.proxy);
    await using late = new Client(mesh.proxy);
    const arrived = one.hold();
    const answer = client.get();
    await arrived;
    mesh.signal('SIGTERM');
    await mesh.said(/SIGTERM/);
    const readiness = await fetch(`${mesh.admin}/readyz`);
    await expect(late.get()).rejects.toThrow();
    one.release();
    expect(await answer).toEqual({ status: 200, text: 'hello 1' });
    expect(readiness.status).toBe(503);
    expect(await mesh.ended).toEqual({ code: 0, signal: null });
  });

  it('ends what takes longer than it may', async () => {
    await using one = await Backend.named('hello 1');
    await using file = await RuleFile.with(helloManifest({ share: 100, ports: [one.port, one.port] }));
    await using mesh = await MeshProcess.listening('-f', file.path, '--drain-seconds', '0');
    await using client = new Client(mesh.proxy);
    const arrived = one.hold();
    const answer = client.get().catch(() => 'cut');
    await arrived;
    mesh.signal('SIGHUP');
    expect(await mesh.ended).toEqual({ code: 0, signal: null });
    expect(await answer).toBe('cut');
  });

  it('ends at once on a second signal', async () => {
    await using one = await Backend.named('hello 1');
    await using file = await RuleFile.with(helloManifest({ share: 100, ports: [one.port, one.port] }));
    await using mesh = await MeshProcess.listening('-f', file.path, '--drain-seconds', '600');
    await using client = new Client(mesh.proxy);
    const arrived = one.hold();
    const answer = client.get().catch(() => 'cut');
    await arrived;
    mesh.signal('SIGINT');
    await mesh.said(/SIGINT/);
    mesh.signal('SIGINT');
    expect(await mesh.ended).toEqual({ code: 130, signal: null });
    expect(await answer).toBe('cut');
  });

  const options: Array<[option: string, rest: string[], service: string]> = [
    ['--port', ['--admin-port', '0'], ''],
    ['--admin-port', ['--port', '0'], ''],
    ['--listen', ['--port', '0', '--admin-port', '0'], 'hello.com:80'],
  ];
  it.each(options)('names a taken %s in one line', async (option, rest, service) => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    await using file = await RuleFile.with(helloManifest());
    await using mesh = new MeshProcess(
      '-f',
      file.path,
      option,
      service !== '' ? `${port}=${service}` : `${port}`,
      ...rest,
    );
    expect(await mesh.ended).toEqual({ code: 1, signal: null });
    expect(mesh.messages.trimEnd().split('\n').at(-1)).toMatch(
      new RegExp(`^local-mesh: port ${port} of 127\\.0\\.0\\.1 is taken .*${option} `),
    );
    other.close();
  });

  it('warns when other machines can reach it', async () => {
    await using file = await RuleFile.with(helloManifest());
    await using mesh = await MeshProcess.listening(
      '-f',
      file.path,
      '--address',
      '0.0.0.0',
      '--outbound-traffic-policy',
      'REGISTRY_ONLY',
    );
    await mesh.said(/^warning: 0\.0\.0\.0 lets other machines use this proxy/m);
    await using client = new Client(mesh.proxy.replace('0.0.0.0', '127.0.0.1'));
    expect(await client.get('http://example.com/')).toEqual({ status: 502, text: '' });
  });
});
