import 'reflect-metadata';
import * as x509 from '@peculiar/x509';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const validity = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 86_400_000) };

/** A certificate with its key; both as PEM. */
export interface Issued {
  cert: string;
  key: string;
  /** In hexadecimal digits. */
  serialNumber: string;
}

/** An authority that signs certificates for a test. */
export class Authority {
  #issued = 0;

  private constructor(
    private readonly keys: CryptoKeyPair,
    private readonly certificate: x509.X509Certificate,
  ) {}

  static async named(name: string): Promise<Authority> {
    const keys = await newKeys();
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      ...validity,
      serialNumber: '01',
      name: `CN=${name}`,
      signingAlgorithm: algorithm,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      ],
    });
    return new Authority(keys, certificate);
  }

  /** Its own certificate, as PEM. */
  get cert(): string {
    return this.certificate.toString('pem');
  }

  /** Its key, as PEM. */
  key(): Promise<string> {
    return pemOf(this.keys.privateKey);
  }

  /** @param names `dns` names, `url`s and the like */
  async issue(name: string, names: x509.JsonGeneralNames): Promise<Issued> {
    this.#issued += 1;
    const keys = await newKeys();
    const certificate = await x509.X509CertificateGenerator.create({
      ...validity,
      serialNumber: `0${this.#issued}`,
      subject: `CN=${name}`,
      issuer: this.certificate.subject,
      publicKey: keys.publicKey,
      signingKey: this.keys.privateKey,
      signingAlgorithm: algorithm,
      extensions: names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(names)],
    });
    return {
      cert: certificate.toString('pem'),
      key: await pemOf(keys.privateKey),
      serialNumber: certificate.serialNumber,
    };
  }

  /** A list of revoked certificates, as PEM. */
  async revoking(...revoked: Issued[]): Promise<string> {
    const list = await x509.X509CrlGenerator.create({
      issuer: this.certificate.subject,
      thisUpdate: validity.notBefore,
      nextUpdate: validity.notAfter,
      entries: revoked.map(({ serialNumber }) => ({ serialNumber, revocationDate: validity.notBefore })),
      signingAlgorithm: algorithm,
      signingKey: this.keys.privateKey,
    });
    return x509.PemConverter.encode(list.rawData, 'X509 CRL');
  }
}

function newKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

async function pemOf(key: CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}
