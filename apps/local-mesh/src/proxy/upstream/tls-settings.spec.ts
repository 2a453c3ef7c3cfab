import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer, type Server, type TLSSocket } from 'node:tls';
import type { CertificateVerification, TlsOrigination } from '@grayscale/traffic-rules';
import { Authority, type Issued } from '../../../test/certificates.js';
import { systemCertificates, tlsOptions, UnusableTls } from './tls-settings.js';

const folder = mkdtempSync(join(tmpdir(), 'tls-settings-'));
let authority: Authority;
let stranger: Authority;
const servers: Server[] = [];
const ports = new Map<string, number>();
const file = (name: string) => join(folder, name);

beforeAll(async () => {
  authority = await Authority.named('test');
  stranger = await Authority.named('stranger');
  const client = await authority.issue('client', []);
  writeFileSync(file('ca.pem'), authority.cert);
  writeFileSync(file('client.pem'), client.cert);
  writeFileSync(file('client.key'), client.key);
  await serve('named', await authority.issue('named', [{ type: 'dns', value: 'a.example' }]));
  await serve('nameless', await authority.issue('nameless', []));
  await serve('strange', await stranger.issue('strange', [{ type: 'dns', value: 'a.example' }]));
  const revoked = await authority.issue('revoked', [{ type: 'dns', value: 'a.example' }]);
  await serve('revoked', revoked);
  writeFileSync(file('revoked.pem'), await authority.revoking(revoked));
});
afterAll(() => {
  for (const server of servers) server.close();
  rmSync(folder, { recursive: true });
});

/** A server that says whom it was asked for, what was chosen by ALPN, and who asks. */
async function serve(name: string, { cert, key }: Issued): Promise<void> {
  const server = createServer({
    cert,
    key,
    requestCert: true,
    rejectUnauthorized: false,
    ALPNProtocols: ['h2', 'http/1.1'],
  });
  server.on('secureConnection', (socket: TLSSocket & { servername?: string | false }) => {
    socket.on('error', () => {});
    const { CN = 'nobody' } = (socket.getPeerCertificate().subject ?? {}) as { CN?: string };
    socket.end([socket.servername || 'no name', socket.alpnProtocol || 'no protocol', CN].join(', '));
  });
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  servers.push(server);
  ports.set(name, (server.address() as AddressInfo).port);
}

/** What the server says, or why the client does not go on. */
async function outcome(server: string, tls: TlsOrigination, host = 'a.example'): Promise<string> {
  const options = tlsOptions(tls, host, () => [authority.cert]);
  const socket = connect({ port: ports.get(server) ?? 0, host: '127.0.0.1', ...options });
  try {
    let text = '';
    for await (const part of socket) text += part;
    return text;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code ?? message;
  }
}

const checked = (verification: Partial<CertificateVerification>): TlsOrigination => ({
  alpn: [],
  verification: {
    trust: { kind: 'file', path: file('ca.pem') },
    forRequestHost: false,
    subjectAltNames: [],
    ...verification,
  },
});

it.each([
  ['no name', { alpn: [] }, 'no name, no protocol, nobody'],
  [
    'a fixed name',
    { alpn: ['h2'], serverName: { kind: 'fixed', name: 'b.example' } },
    'b.example, h2, nobody',
  ],
  [
    'the name of the request',
    { alpn: ['http/1.1', 'h2'], serverName: { kind: 'request-host' } },
    'a.example, h2, nobody',
  ],
  ['an empty name', { alpn: [], serverName: { kind: 'fixed', name: '' } }, 'no name, no protocol, nobody'],
  [
    'an address',
    { alpn: [], serverName: { kind: 'fixed', name: '10.0.0.1' } },
    'no name, no protocol, nobody',
  ],
] satisfies [string, TlsOrigination, string][])('asks for %s', async (_what, tls, said) => {
  expect(await outcome('strange', tls)).toBe(said);
});

it('shows its own certificate', async () => {
  const clientCertificate = {
    kind: 'files',
    certificate: file('client.pem'),
    privateKey: file('client.key'),
  } as const;
  expect(await outcome('named', { alpn: [], clientCertificate })).toBe('no name, no protocol, client');
});

const spoken = 'no name, no protocol, nobody';
const untrusted = 'UNABLE_TO_VERIFY_LEAF_SIGNATURE';

it.each([
  ['named', {}, spoken],
  ['strange', {}, untrusted],
  ['named', { trust: { kind: 'system' } }, spoken],
  ['strange', { trust: { kind: 'system' } }, untrusted],
  ['named', { forRequestHost: true }, spoken],
  ['nameless', { forRequestHost: true }, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ['nameless', {}, spoken],
  ['named', { subjectAltNames: ['other.example', 'a.example'] }, spoken],
  [
    'named',
    { subjectAltNames: ['b.example', 'c.example'] },
    'the certificate is for DNS:a.example, not for b.example or c.example',
  ],
  ['nameless', { subjectAltNames: ['b.example'] }, 'the certificate is for nobody, not for b.example'],
] satisfies [string, Partial<CertificateVerification>, string][])(
  'a server that is %s, to be %j',
  async (server, verification, said) => {
    expect(await outcome(server, checked(verification))).toBe(said);
  },
);

it('another Host than the certificate is for, where it has to be for the Host', async () => {
  expect(await outcome('named', checked({ forRequestHost: true }), 'b.example')).toBe(
    'ERR_TLS_CERT_ALTNAME_INVALID',
  );
  expect(await outcome('named', checked({}), 'b.example')).toBe(spoken);
});

it('does not speak to a server whose certificate is revoked', async () => {
  expect(await outcome('revoked', checked({}))).toBe(spoken);
  const revocationList = file('revoked.pem');
  expect(await outcome('revoked', checked({ revocationList }))).toBe('CERT_REVOKED');
  expect(await outcome('named', checked({ revocationList }))).toBe(spoken);
});

it.each([
  ['certificate', { alpn: [], clientCertificate: { kind: 'credential', name: 'own' } }, 'own'],
  ['trust', checked({ trust: { kind: 'credential', name: 'theirs' } }), 'theirs'],
] satisfies [string, TlsOrigination, string][])(
  'a %s of the cluster cannot be used here',
  (_what, tls, name) => {
    const using = () => tlsOptions(tls, 'a.example', () => []);
    expect(using).toThrow(new UnusableTls(`the credential ${name} is in the cluster, not in a file`));
  },
);

it('a file that is missing is named', () => {
  const missing = checked({ trust: { kind: 'file', path: '/nowhere/ca.pem' } });
  expect(() => tlsOptions(missing, 'a.example', () => [])).toThrow(/no such file.*\/nowhere\/ca\.pem/);
});

it('this machine trusts somebody', () => {
  const [first] = systemCertificates();
  expect(first).toMatch(/^-----BEGIN CERTIFICATE-----/);
});
