import type { ClientCertificates, TlsTermination } from '@grayscale/traffic-rules';
import { Authority, type Issued } from '../../test/certificates.js';
import type { Secrets } from '../rules/secrets.js';
import { type CredentialSources, credentialsOf } from './credentials.js';
import { selfSigned } from './self-signed.js';

const simple: TlsTermination = {
  certificates: [{ kind: 'secret', namespace: 'infra', name: 'own' }],
  clients: undefined,
  cipherSuites: [],
};
const asking = (clients: Partial<ClientCertificates> = {}): TlsTermination => ({
  ...simple,
  clients: {
    required: true,
    unverified: false,
    authorities: { kind: 'secret', namespace: 'infra', name: 'own-cacert' },
    subjectAltNames: [],
    fingerprints: { certificate: [], publicKey: [] },
    ...clients,
  },
});

describe('what a server ends TLS with', () => {
  let own: Issued;
  let authority: Authority;

  beforeAll(async () => {
    authority = await Authority.named('ours');
    own = await authority.issue('own', []);
  });

  const secretsOf = (contents: Record<string, Record<string, string>>): Secrets =>
    new Map(
      Object.entries(contents).map(([name, entries]) => [
        `Secret infra/${name}`,
        Object.fromEntries(Object.entries(entries).map(([key, text]) => [key, Buffer.from(text)])),
      ]),
    );
  const sources = (
    contents: Record<string, Record<string, string>>,
    more: Partial<CredentialSources> = {},
  ): CredentialSources => ({
    secrets: secretsOf(contents),
    given: undefined,
    selfSigned: undefined,
    ...more,
  });
  const problem = (termination: TlsTermination, contents: Record<string, Record<string, string>>) => {
    try {
      return credentialsOf(termination, sources(contents));
    } catch (error) {
      return (error as Error).message;
    }
  };
  const pair = () => ({ 'tls.crt': own.cert, 'tls.key': own.key });

  it('takes a certificate that is given before all others, and one that is made only where there is none', async () => {
    const [given, made] = [await authority.issue('given', []), await selfSigned([])];
    const certOf = (contents: Record<string, Record<string, string>>, more: Partial<CredentialSources>) =>
      credentialsOf(simple, sources(contents, more)).tls.cert;
    expect(certOf({ own: pair() }, { given, selfSigned: made })).toEqual([given.cert]);
    expect(certOf({ own: pair() }, { selfSigned: made })).toEqual([Buffer.from(own.cert)]);
    expect(certOf({}, { selfSigned: made })).toEqual([made.cert]);
  });

  it('does not do without the authorities of clients because a certificate is given or made', async () => {
    const made = await selfSigned([]);
    expect(() => credentialsOf(asking(), sources({}, { given: made, selfSigned: made }))).toThrow(
      'the Secret infra/own is not among the files',
    );
  });

  it.each<[string, TlsTermination, () => Record<string, Record<string, string>>, string]>([
    ['a Secret that is missing', simple, () => ({}), 'the Secret infra/own is not among the files'],
    [
      'half a pair, and half another',
      simple,
      () => ({ own: { 'tls.crt': own.cert, key: own.key, 'tls.key': '' } }),
      'the Secret infra/own needs tls.crt and tls.key, or cert and key; it has key, tls.crt, tls.key',
    ],
    [
      'an empty Secret',
      simple,
      () => ({ own: {} }),
      'needs tls.crt and tls.key, or cert and key; it is empty',
    ],
    [
      'a key of another certificate',
      simple,
      () => ({ own: { 'tls.crt': authority.cert, 'tls.key': own.key } }),
      'its certificates cannot be used (',
    ],
    [
      'no authorities',
      asking(),
      () => ({ own: pair() }),
      'the Secret infra/own needs ca.crt or cacert for its clients; it has tls.crt, tls.key',
    ],
    [
      'a Secret of authorities without any',
      asking(),
      () => ({ own: { ...pair(), cacert: authority.cert }, 'own-cacert': pair() }),
      'the Secret infra/own-cacert needs ca.crt or cacert for its clients',
    ],
    [
      'a ConfigMap that is missing',
      asking({ authorities: { kind: 'configMap', namespace: 'shop', name: 'ca' } }),
      () => ({ own: pair() }),
      'the ConfigMap shop/ca is not among the files',
    ],
    [
      'a file that is missing',
      { ...simple, certificates: [{ kind: 'files', certificate: '/no/such', key: '/no/such' }] },
      () => ({}),
      'the file /no/such cannot be read (ENOENT)',
    ],
    [
      'a fingerprint that is none',
      asking({ fingerprints: { certificate: ['abc'], publicKey: [] } }),
      () => ({ own: { ...pair(), cacert: authority.cert } }),
      'abc of its verifyCertificateHash is not a SHA-256 of 64 hexadecimal digits',
    ],
    [
      'a fingerprint of a key that is none',
      asking({ fingerprints: { certificate: [], publicKey: ['a'.repeat(64)] } }),
      () => ({ own: { ...pair(), cacert: authority.cert } }),
      'of its verifyCertificateSpki is not a SHA-256 in base64',
    ],
    ['no certificate', { ...simple, certificates: [] }, () => ({}), 'its tls names no certificate'],
    [
      "the mesh's own",
      { ...simple, certificates: 'mesh' },
      () => ({}),
      "ISTIO_MUTUAL takes the mesh's own certificates",
    ],
  ])('says what is wrong with %s', (_, termination, contents, expected) => {
    expect(problem(termination, contents())).toContain(expected);
  });
});
