import { createHash } from 'node:crypto';

/** A certificate that signs itself, with its key; both as PEM. */
export interface SelfSigned {
  cert: string;
  key: string;
}

const validForMs = 365 * 24 * 3_600_000;

/**
 * Makes one for names, `localhost` and this machine's addresses; it is kept nowhere.
 * @param hosts `*.example.com` stands for every name directly under it, `*` for none that could be written
 */
export async function selfSigned(hosts: readonly string[]): Promise<SelfSigned> {
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  const names = [...new Set([...hosts.filter((host) => host !== '*'), 'localhost'])];
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const now = Date.now();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: createHash('sha256').update(`${now} ${names}`).digest('hex').slice(0, 32),
    name: 'CN=local-mesh',
    notBefore: new Date(now - 60_000),
    notAfter: new Date(now + validForMs),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        ...names.map((value) => ({ type: 'dns' as const, value })),
        { type: 'ip', value: '127.0.0.1' },
        { type: 'ip', value: '::1' },
      ]),
    ],
  });
  const key = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { cert: certificate.toString('pem'), key: x509.PemConverter.encode(key, 'PRIVATE KEY') };
}
