import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { StartError } from '../start-error.js';
import type { CertificateAndKey } from './credentials.js';

/** Paths of PEM files. */
export interface CertificateFiles {
  cert: string;
  key: string;
}

/** Reads what `--tls-cert` and `--tls-key` name. @throws StartError when it cannot be used */
export function readCertificate({ cert, key }: CertificateFiles): CertificateAndKey {
  const read = { cert: textOf('--tls-cert', cert), key: textOf('--tls-key', key) };
  try {
    createSecureContext(read);
  } catch (error) {
    throw new StartError(
      `--tls-cert ${cert} and --tls-key ${key} are not a certificate and its key in PEM (${(error as Error).message}).`,
    );
  }
  return read;
}

function textOf(option: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new StartError(`${option} ${path} cannot be read: ${(error as Error).message}.`);
  }
}
