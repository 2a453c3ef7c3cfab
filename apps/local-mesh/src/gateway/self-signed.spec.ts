import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { selfSigned } from './self-signed.js';

it('is for the hosts, localhost and this machine, signed by itself, and new each time', async () => {
  const made = await selfSigned(['a.ext', '*.b.ext', '*', 'a.ext']);
  expect(() => createSecureContext(made)).not.toThrow();
  const certificate = new X509Certificate(made.cert);
  expect(certificate.subjectAltName).toBe(
    'DNS:a.ext, DNS:*.b.ext, DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1',
  );
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  for (const name of ['a.ext', 'x.b.ext', 'localhost']) expect(certificate.checkHost(name)).toBeDefined();
  expect(certificate.checkHost('x.ext')).toBeUndefined();
  expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
  expect(certificate.validFromDate.getTime()).toBeLessThan(Date.now());
  const again = new X509Certificate((await selfSigned(['a.ext'])).cert);
  expect(again.fingerprint256).not.toBe(certificate.fingerprint256);
});
