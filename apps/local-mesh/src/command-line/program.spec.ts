import { jest } from '@jest/globals';
import { isLoopback } from '../loopback.js';
import { type CommandLine, parseCommandLine } from './program.js';

/** Parses, with what is printed kept. */
async function parsed(...argv: string[]): Promise<{ result: CommandLine; printed: string }> {
  let printed = '';
  const keep = (text: string | Uint8Array) => {
    printed += String(text);
    return true;
  };
  const streams = [process.stdout, process.stderr].map((stream) =>
    jest.spyOn(stream, 'write').mockImplementation(keep),
  );
  try {
    return { result: await parseCommandLine(argv), printed };
  } finally {
    for (const stream of streams) stream.mockRestore();
  }
}

describe('the command line', () => {
  it('has the defaults of a sidecar beside hello-page', async () => {
    expect((await parsed('-f', 'a')).result).toEqual({
      options: expect.objectContaining({
        rules: { filenames: ['a'] },
        address: '127.0.0.1',
        port: 15001,
        adminPort: 15000,
        caller: {},
        listen: [],
        gatewayPorts: [],
        selfSigned: false,
        resolve: [],
        accessLog: 'off',
        accessLogFormat: 'text',
      }),
    });
  });

  it('takes every option', async () => {
    const { result } = await parsed(
      ...'-f a --filename b --port 0 --admin-port 1 -n shop --labels app=cart,version=v1 --resolve a.com:80:127.0.0.1 --resolve *:*:127.0.0.2'.split(
        ' ',
      ),
      ...'--address 0.0.0.0 --outbound-traffic-policy REGISTRY_ONLY --drain-seconds 1 --access-log all --access-log-format json'.split(
        ' ',
      ),
      ...'--listen 5432=db.shop:5432 --listen localhost:0=[::1]:80 --listen [::1]:9000=Greeter:50051'.split(
        ' ',
      ),
      ...'--max-connections 5 --max-header-bytes 2048 --idle-timeout 1.5 --headers-timeout 2 --stream-idle-timeout 3'.split(
        ' ',
      ),
    );
    expect(result).toEqual({
      options: {
        rules: { filenames: ['a', 'b'] },
        address: '0.0.0.0',
        port: 0,
        adminPort: 1,
        listen: [
          { address: undefined, port: 5432, service: { host: 'db.shop', port: 5432 } },
          { address: '127.0.0.1', port: 0, service: { host: '::1', port: 80 } },
          { address: '::1', port: 9000, service: { host: 'greeter', port: 50051 } },
        ],
        gatewayPorts: [],
        selfSigned: false,
        caller: {
          namespace: 'shop',
          labels: { app: 'cart', version: 'v1' },
          outboundTrafficPolicy: 'REGISTRY_ONLY',
        },
        resolve: [
          { host: 'a.com', port: 80, address: '127.0.0.1' },
          { host: undefined, port: undefined, address: '127.0.0.2' },
        ],
        drainSeconds: 1,
        accessLog: 'all',
        accessLogFormat: 'json',
        limits: {
          maxConnections: 5,
          maxHeaderBytes: 2048,
          idleTimeoutMs: 1500,
          requestHeadersTimeoutMs: 2000,
          streamIdleTimeoutMs: 3000,
        },
      },
    });
  });

  const wrong: Array<[string, string[], RegExp]> = [
    ['no rules', [], /-f PATH for files, or --cluster/],
    ['an option that it has not', ['-f', 'a', '--prot', '1'], /--port/],
    ['a port that is none', ['-f', 'a', '--port', '70000'], /--port.*0 to 65535/],
    ['a port that is not a number', ['-f', 'a', '--port', '0x10'], /--port/],
    [
      'a policy that it has not',
      ['-f', 'a', '--outbound-traffic-policy', 'ALLOW'],
      /ALLOW_ANY, REGISTRY_ONLY/,
    ],
    ['a label without value', ['-f', 'a', '--labels', 'app'], /app=hello-page/],
    ['a namespace in capitals', ['-f', 'a', '-n', 'Shop'], /hello-page/],
    ['an address that is none', ['-f', 'a', '--address', 'here'], /127\.0\.0\.1/],
    ['an address for all, with ALLOW_ANY', ['-f', 'a', '--address', '0.0.0.0'], /REGISTRY_ONLY/],
    ["curl's form misspelt", ['-f', 'a', '--resolve', 'a.com'], /HOST:PORT:ADDRESS/],
    [
      'a port that stands for nothing',
      ['-f', 'a', '--listen', '5000'],
      /5000 is not \[ADDRESS:\]PORT=SERVICE:PORT/,
    ],
    ['a service without its port', ['-f', 'a', '--listen', '5000=db.shop'], /has no port.* 5000=db\.shop:80/],
    ['a URL as service', ['-f', 'a', '--listen', '5000=http://db.shop:80/x'], /write .* 5000=db\.shop:80\./],
    ['a name to listen on', ['-f', 'a', '--listen', 'here:5000=db:80'], /here is not an IP address/],
    ['a port of this machine that is none', ['-f', 'a', '--listen', '70000=db:80'], /70000=db:80 is not/],
    ['a port of a service that is none', ['-f', 'a', '--listen', '5000=db:0'], /db:0 is not SERVICE:PORT/],
    [
      'one port for two services',
      ['-f', 'a', '--listen', '5000=a:80', '--listen', '127.0.0.1:5000=b:80'],
      /names port 5000 of 127\.0\.0\.1 twice/,
    ],
    ['a port of no gateway', ['-f', 'a', '--listen', '9443=443'], /add --gateway .* 9443=SERVICE:443\./],
    [
      'a service in the place of a gateway',
      ['-f', 'a', '--gateway', 'g', '--listen', '9443=web:443'],
      /name a port of the gateway: 9443=443\./,
    ],
    [
      'a certificate of no gateway',
      ['-f', 'a', '--tls-self-signed'],
      /--tls-self-signed is for .* add --gateway/,
    ],
    [
      'a certificate without key',
      ['-f', 'a', '--gateway', 'g', '--tls-cert', 'c'],
      /--tls-cert needs --tls-key/,
    ],
    ['a path without option', ['-f', 'a', 'b'], /too many arguments/],
  ];
  it.each(wrong)('refuses %s with 64 and one line', async (_, argv, line) => {
    const { result, printed } = await parsed(...argv);
    expect(result).toEqual({ exitCode: 64 });
    expect(printed).toMatch(/^local-mesh: [^\n]*\n$/);
    expect(printed).toMatch(line);
  });

  it.each(['--help', '--version', 'completion bash'])('ends with 0 after %s', async (words) => {
    const { result, printed } = await parsed(...words.split(' '));
    expect(result).toEqual({ exitCode: 0 });
    expect(printed).not.toBe('');
  });
});

describe('isLoopback', () => {
  it.each([
    ['127.0.0.1', true],
    ['127.9.9.9', true],
    ['::1', true],
    ['0.0.0.0', false],
    ['::', false],
    ['192.0.2.1', false],
  ])('%s: %p', (address, expected) => {
    expect(isLoopback(address)).toBe(expected);
  });
});
