import { createHash, X509Certificate } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { jest } from '@jest/globals';
import { Authority, type Issued } from '../../test/certificates.js';
import { RuleFile } from '../testing/manifests.js';
import { MeshProcess } from '../testing/mesh-process.js';

// A machine at its limit is slow, not wrong.
jest.setTimeout(60_000);

type ClientName = 'none' | 'client' | 'wild' | 'foreign' | 'revoked';

/** What the table's settings stand for; it is written before there are certificates. */
interface Values {
  hash(name: ClientName): string;
  key(name: ClientName): string;
  /** A file with what the Secret `NAME` would have. */
  file(name: string): string;
}

interface Row {
  tls: string | ((values: Values) => string);
  /** Who is let in, as Envoy 1.40 did with the same settings and certificates made alike. */
  lets: ClientName[];
}

const rows: Row[] = [
  { tls: 'mode: SIMPLE, credentialName: own', lets: ['none', 'client', 'wild', 'foreign', 'revoked'] },
  { tls: 'mode: MUTUAL, credentialName: own', lets: ['client', 'wild', 'revoked'] },
  { tls: 'mode: OPTIONAL_MUTUAL, credentialName: own', lets: ['none', 'client', 'wild', 'revoked'] },
  { tls: 'mode: MUTUAL, credentialName: generic', lets: ['client', 'wild', 'revoked'] },
  { tls: 'mode: MUTUAL, credentialName: "kubernetes://own"', lets: ['client', 'wild', 'revoked'] },
  { tls: 'mode: MUTUAL, credentialNames: [own, other]', lets: ['client', 'wild', 'revoked'] },
  { tls: 'mode: MUTUAL, credentialName: other', lets: ['foreign'] },
  {
    tls: 'mode: MUTUAL, credentialName: own, caCertCredentialName: other-cacert',
    lets: ['foreign'],
  },
  {
    tls: 'mode: MUTUAL, credentialName: own, caCertCredentialName: "configmap://infra/foreign-cacert"',
    lets: ['foreign'],
  },
  // One of the names, whatever its kind; a DNS name in any case, and by a wildcard of the certificate; never the common name.
  {
    tls: 'mode: MUTUAL, credentialName: own, subjectAltNames: [client.example.com]',
    lets: ['client', 'wild', 'revoked'],
  },
  {
    tls: 'mode: MUTUAL, credentialName: own, subjectAltNames: [zzz, two.example.com]',
    lets: ['client', 'wild'],
  },
  { tls: 'mode: MUTUAL, credentialName: own, subjectAltNames: [sub.example.com]', lets: ['wild'] },
  { tls: 'mode: MUTUAL, credentialName: own, subjectAltNames: [a.sub.example.com]', lets: [] },
  {
    tls: 'mode: MUTUAL, credentialName: own, subjectAltNames: ["spiffe://td/ns/a/sa/b"]',
    lets: ['client'],
  },
  { tls: 'mode: MUTUAL, credentialName: own, subjectAltNames: [me@example.com]', lets: ['client'] },
  { tls: 'mode: MUTUAL, credentialName: own, subjectAltNames: [10.0.0.1]', lets: ['client'] },
  { tls: 'mode: MUTUAL, credentialName: own, subjectAltNames: [CN-of-client]', lets: [] },
  // A condition asks for a certificate even where none is needed.
  {
    tls: 'mode: OPTIONAL_MUTUAL, credentialName: own, subjectAltNames: [Client.example.com]',
    lets: ['client', 'wild', 'revoked'],
  },
  {
    tls: ({ hash }) =>
      `mode: OPTIONAL_MUTUAL, credentialName: own, verifyCertificateHash: ["${hash('client')}"]`,
    lets: ['client'],
  },
  {
    tls: ({ hash }) =>
      `mode: MUTUAL, credentialName: own, verifyCertificateHash: ["${hash('client').replaceAll(':', '').toLowerCase()}"]`,
    lets: ['client'],
  },
  {
    tls: ({ key }) => `mode: MUTUAL, credentialName: own, verifyCertificateSpki: ["${key('client')}"]`,
    lets: ['client'],
  },
  // Either kind of fingerprint will do, but one of them must.
  {
    tls: ({ hash, key }) =>
      `mode: MUTUAL, credentialName: own, verifyCertificateSpki: ["${key('client')}"], verifyCertificateHash: ["${hash('wild')}"]`,
    lets: ['client', 'wild'],
  },
  {
    tls: ({ key }) => `mode: MUTUAL, credentialName: own, verifyCertificateSpki: ["${key('foreign')}"]`,
    lets: [],
  },
  // Whoever signed it, and whatever else is asked for.
  {
    tls: 'mode: MUTUAL, credentialName: own, insecureSkipVerify: true',
    lets: ['client', 'wild', 'foreign', 'revoked'],
  },
  {
    tls: ({ hash }) =>
      `mode: MUTUAL, credentialName: own, insecureSkipVerify: true, verifyCertificateHash: ["${hash('client')}"]`,
    lets: ['client', 'wild', 'foreign', 'revoked'],
  },
  {
    tls: 'mode: OPTIONAL_MUTUAL, credentialName: own, insecureSkipVerify: true',
    lets: ['none', 'client', 'wild', 'foreign', 'revoked'],
  },
  // Lists of revoked certificates: of the Secret of authorities, of a file beside files; that of another authority says nothing, so that nobody is let in.
  { tls: 'mode: MUTUAL, credentialName: revoking', lets: ['client', 'wild'] },
  { tls: 'mode: MUTUAL, credentialName: revoking-generic', lets: ['client', 'wild'] },
  { tls: 'mode: MUTUAL, credentialName: misrevoking', lets: [] },
  { tls: filesOf('crl'), lets: ['client', 'wild'] },
  // Beside files fingerprints are not asked for.
  {
    tls: (values) => `${filesOf()(values)}, verifyCertificateHash: ["${values.hash('client')}"]`,
    lets: ['client', 'wild', 'revoked'],
  },
  {
    tls: (values) => `${filesOf()(values)}, subjectAltNames: ["spiffe://td/ns/a/sa/b"]`,
    lets: ['client'],
  },
];

function filesOf(list?: 'crl') {
  return ({ file }: Values) =>
    `mode: MUTUAL, serverCertificate: ${file('cert')}, privateKey: ${file('key')}, caCertificates: ${file('ca')}${list === undefined ? '' : `, caCrl: ${file(list)}`}`;
}

describe('TLS of a gateway with Secrets among the files', () => {
  const clients = new Map<ClientName, Issued | undefined>();
  let mesh: MeshProcess;
  let files: RuleFile;
  let port: number;

  beforeAll(async () => {
    const [ours, theirs] = [await Authority.named('ours'), await Authority.named('theirs')];
    const own = await ours.issue('own', [
      { type: 'dns', value: '*.example.com' },
      { type: 'url', value: 'spiffe://cluster.local/ns/infra/sa/edge' },
    ]);
    clients.set('none', undefined);
    clients.set(
      'client',
      await ours.issue('CN-of-client', [
        { type: 'dns', value: 'Client.example.com' },
        { type: 'dns', value: 'two.example.com' },
        { type: 'url', value: 'spiffe://td/ns/a/sa/b' },
        { type: 'email', value: 'me@example.com' },
        { type: 'ip', value: '10.0.0.1' },
      ]),
    );
    clients.set('wild', await ours.issue('wild', [{ type: 'dns', value: '*.example.com' }]));
    clients.set('foreign', await theirs.issue('foreign', [{ type: 'dns', value: 'client.example.com' }]));
    const revoked = await ours.issue('revoked', [{ type: 'dns', value: 'Client.example.com' }]);
    clients.set('revoked', revoked);
    const lists = { ours: await ours.revoking(revoked), theirs: await theirs.revoking() };
    const pair = { 'tls.crt': own.cert, 'tls.key': own.key };
    const secrets = [
      manifest('Secret', 'own', pair),
      manifest('Secret', 'own-cacert', { cacert: ours.cert, 'ca.crt': theirs.cert }),
      manifest('Secret', 'generic', {
        ...{ cert: own.cert, key: own.key, 'tls.crt': 'not looked at', cacert: ours.cert },
      }),
      manifest('Secret', 'other', { ...pair, cert: '', key: '', 'ca.crt': theirs.cert }),
      manifest('Secret', 'revoking', { ...pair, 'ca.crt': ours.cert, 'ca.crl': lists.ours }),
      manifest('Secret', 'revoking-generic', {
        ...{ cert: own.cert, key: own.key, cacert: ours.cert, crl: lists.ours },
      }),
      manifest('Secret', 'misrevoking', { ...pair, cacert: ours.cert, crl: lists.theirs }),
      manifest('ConfigMap', 'foreign', { 'ca.crt': theirs.cert }),
    ];
    files = await RuleFile.with('');
    const written: Record<string, string> = {
      ...{ cert: own.cert, key: own.key, ca: ours.cert, crl: lists.ours },
    };
    for (const [name, text] of Object.entries(written))
      await writeFile(join(files.folder, `${name}.pem`), text);
    const x509 = (name: ClientName) => new X509Certificate(clients.get(name)?.cert ?? '');
    const values: Values = {
      hash: (name) => x509(name).fingerprint256,
      key: (name) =>
        createHash('sha256')
          .update(x509(name).publicKey.export({ type: 'spki', format: 'der' }))
          .digest('base64'),
      file: (name) => join(files.folder, `${name}.pem`),
    };
    await files.write([rules(values), ...secrets].join('---\n'));
    mesh = await MeshProcess.listening('-f', files.path, '--gateway', 'infra/edge', '--listen', '0=443');
    const [, at] = await mesh.said(/^127\.0\.0\.1:(\d+) stands for port 443/m);
    port = Number(at);
  });

  afterAll(async () => {
    await mesh?.[Symbol.asyncDispose]();
    await files?.[Symbol.asyncDispose]();
  });

  it.each(rows.map((row, index) => ({ ...row, index })))(
    'lets in $lets ($index)',
    async ({ index, lets }) => {
      const letIn: ClientName[] = [];
      for (const [name, own] of clients)
        if ((await ask(port, `s${index}.example.com`, own)).includes('200 OK')) letIn.push(name);
      expect(letIn).toEqual(lets);
    },
  );

  it('tells servers of the certificate of a client, and takes such a header from nobody', async () => {
    const client = clients.get('client');
    const { fingerprint256 } = new X509Certificate(client?.cert ?? '');
    const got = await ask(port, 's1.example.com', client);
    expect(/^x-seen: (.*)$/im.exec(got)?.[1]?.replace(/Cert="[^"]*"/, 'Cert')).toBe(
      `By=spiffe://cluster.local/ns/infra/sa/edge;Hash=${fingerprint256.replaceAll(':', '').toLowerCase()};Cert;Subject="CN=CN-of-client";URI=spiffe://td/ns/a/sa/b;DNS=Client.example.com;DNS=two.example.com`,
    );
    expect(await ask(port, 's2.example.com', undefined)).not.toMatch(/^x-seen: ./im);
  });

  it('shows the certificate of --tls-cert for every server, and asks clients for theirs all the same', async () => {
    const given = await (await Authority.named('given')).issue('given', []);
    const [cert, key] = [join(files.folder, 'given.pem'), join(files.folder, 'given.key')];
    await writeFile(cert, given.cert);
    await writeFile(key, given.key);
    const options = ['--gateway', 'infra/edge', '--listen', '0=443', '--tls-cert', cert, '--tls-key', key];
    await using other = await MeshProcess.listening('-f', files.path, ...options);
    const [, at] = await other.said(/^127\.0\.0\.1:(\d+) stands for port 443/m);
    const shown = (servername: string) =>
      new Promise((resolve, reject) => {
        const socket = connect({ port: Number(at), servername, rejectUnauthorized: false });
        socket.on('error', reject).on('secureConnect', () => {
          resolve(socket.getPeerCertificate().subject.CN);
          socket.destroy();
        });
      });
    expect([await shown('s0.example.com'), await shown('s3.example.com')]).toEqual(['given', 'given']);
    expect(await ask(Number(at), 's1.example.com', clients.get('client'))).toContain('200 OK');
    expect(await ask(Number(at), 's1.example.com', clients.get('foreign'))).toBe('');
    expect(await ask(Number(at), 's1.example.com', undefined)).toBe('');
  });

  it.each([
    [
      'another key',
      'key.pem',
      /--tls-cert .*given\.pem and --tls-key .*key\.pem are not a certificate and its key in PEM/,
    ],
    ['no key', 'none.pem', /--tls-key .*none\.pem cannot be read: ENOENT/],
  ])('does not start with the certificate of --tls-cert and %s', async (_, key, message) => {
    const given = [join(files.folder, 'given.pem'), join(files.folder, key)] as const;
    await writeFile(given[0], (await (await Authority.named('given')).issue('given', [])).cert);
    const options = [
      '--gateway',
      'infra/edge',
      '--listen',
      '0=443',
      '--tls-cert',
      given[0],
      '--tls-key',
      given[1],
    ];
    const refused = new MeshProcess('-f', files.path, ...options, '--port', '0', '--admin-port', '0');
    expect((await refused.ended).code).toBe(1);
    expect(refused.messages).toMatch(message);
    expect(refused.messages).not.toMatch(/\n {4}at /);
  });

  it('says nothing of certificates and keys', () => {
    expect(mesh.messages).not.toMatch(/warning|BEGIN/);
  });
});

/** One Gateway with a server for each row, and a rule that answers with what a server would be told of the client. */
function rules(values: Values): string {
  const servers = rows.map(({ tls }, index) => {
    const settings = typeof tls === 'string' ? tls : tls(values);
    return `  - {port: {number: 443, name: s${index}, protocol: HTTPS}, hosts: [s${index}.example.com], tls: {${settings}}}`;
  });
  return `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: infra}
spec:
  selector: {app: edge}
  servers:
${servers.join('\n')}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: all, namespace: infra}
spec:
  hosts: ["*.example.com"]
  gateways: [edge]
  http:
  - directResponse: {status: 200, body: {string: ok}}
    headers: {response: {set: {x-seen: "%REQ(x-forwarded-client-cert)%"}}}
`;
}

function manifest(kind: 'Secret' | 'ConfigMap', name: string, entries: Record<string, string>): string {
  const data = Object.entries(entries).map(([key, text]) => `  ${key}: ${encoded(kind, text)}\n`);
  return `apiVersion: v1\nkind: ${kind}\nmetadata: {name: ${name}, namespace: infra}\ndata:\n${data.join('')}`;
}

function encoded(kind: string, text: string): string {
  return kind === 'Secret' ? JSON.stringify(Buffer.from(text).toString('base64')) : JSON.stringify(text);
}

/** What is answered inside TLS; nothing where the client is not let in. */
function ask(port: number, name: string, own: Issued | undefined): Promise<string> {
  const certificate = own === undefined ? {} : { cert: own.cert, key: own.key };
  const socket = connect({
    ...{ host: '127.0.0.1', port, servername: name, rejectUnauthorized: false },
    ...certificate,
  });
  socket.write(
    `GET / HTTP/1.1\r\nhost: ${name}\r\nx-forwarded-client-cert: Fake=1\r\nconnection: close\r\n\r\n`,
  );
  return new Promise((resolve) => {
    let text = '';
    socket.on('data', (data: Buffer) => {
      text += data;
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(text));
  });
}
