import { X509Certificate } from 'node:crypto';
import { forwardedClientCert } from './forwarded-client-cert.js';

const certificate = (base64: string) => new X509Certificate(Buffer.from(base64, 'base64'));

/** With the subject `/C=DE/O=Acme, Inc./OU=a`, and a name of each kind. */
const client = certificate(
  'MIIB3jCCAYSgAwIBAgIUeQxcYAitxYMAnNJexgx+7h9Y6dgwCgYIKoZIzj0EAwIwDTELMAkGA1UEAwwCY2EwHhcNMjYxMTI2MTMzMzQyWhcNMzYxMTIzMTMzMzQyWjAuMQswCQYDVQQGEwJERTETMBEGA1UECgwKQWNtZSwgSW5jLjEKMAgGA1UECwwBYTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABH2XpNPk6ypZn1eAT2QUE//7tSrX0wDaIDziIOAEto8WufT8LszVpcWHt/Uv6lWXUd/YsTNLw4k+Fywqz8503/ujgaAwgZ0wWwYDVR0RBFQwUoISQ2xpZW50LmV4YW1wbGUuY29tgg90d28uZXhhbXBsZS5jb22GFXNwaWZmZTovL3RkL25zL2Evc2EvYoEObWVAZXhhbXBsZS5jb22HBAoAAAEwHQYDVR0OBBYEFDcpcgJlO9KBABaQZMtraQ+lJAvOMB8GA1UdIwQYMBaAFKNAuPOw7/lzMXMaLmbsxcse91mHMAoGCCqGSM49BAMCA0gAMEUCIQDIXSpKCUiUlP3mzKiYUCvmkdvxdw63LsSn5RIVXskk9QIgR6FHDZCxm/vAvP9Loa+O2tQ8hU6Ad/baRuIYCc5mLo8=',
);
const gateway = certificate(
  'MIIBnzCCAUSgAwIBAgIUeQxcYAitxYMAnNJexgx+7h9Y6dcwCgYIKoZIzj0EAwIwDTELMAkGA1UEAwwCY2EwHhcNMjYxMTI2MTMzMzQyWhcNMzYxMTIzMTMzMzQyWjARMQ8wDQYDVQQDDAZzZXJ2ZXIwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATgtB1jy3ayP8AlzTQfIkzlmbmuT8PhWy0ygTAfySir+GzUfB2bTrYENjOUiyKN75+gNvtMixej37N/fE4ZEX+6o34wfDA6BgNVHREEMzAxgg1hLmV4YW1wbGUuY29thiBzcGlmZmU6Ly9jbHVzdGVyLmxvY2FsL25zL3gvc2EveTAdBgNVHQ4EFgQUshqveMCJcPSGlDrPgK50zYf0qFwwHwYDVR0jBBgwFoAUo0C487Dv+XMxcxouZuzFyx73WYcwCgYIKoZIzj0EAwIDSQAwRgIhANSwitcVT64+z7CDCSG9R1BTCUnRfDTuj/dEbnVZTVsNAiEA+ZO/XfRpBNBMfc1bMScxm+fg3hvFQT/us2nj3J/6+MQ=',
);

describe('x-forwarded-client-cert', () => {
  it('is what Envoy 1.40 wrote for these certificates', () => {
    const pem = client
      .toString()
      .replace(/[\n+/= ]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
    expect(forwardedClientCert(client, gateway)).toBe(
      `By=spiffe://cluster.local/ns/x/sa/y;Hash=8ac5622046b4900437cbb8a4c178305684406e51b0ff5bc07d0af59e9af2c544;Cert="${pem}";Subject="OU=a,O=Acme\\, Inc.,C=DE";URI=spiffe://td/ns/a/sa/b;DNS=Client.example.com;DNS=two.example.com`,
    );
  });

  it('names no gateway that has no identity of the mesh, and has an empty URI for a client without one', () => {
    const own = new X509Certificate(client.raw);
    expect(forwardedClientCert(own, undefined)).toMatch(/^Hash=/);
    const without = Object.defineProperty(own, 'subjectAltName', { value: 'DNS:a.ext' });
    expect(forwardedClientCert(without, undefined)).toMatch(/;URI=;DNS=a\.ext$/);
  });

  it('writes names beyond ASCII in hexadecimal digits, and parts that belong together with +', () => {
    const named = Object.defineProperty(new X509Certificate(client.raw), 'subject', {
      value: 'C=DE\nOU=a + CN=张\\+b',
    });
    expect(forwardedClientCert(named, undefined)).toContain('Subject="OU=a+CN=\\E5\\BC\\A0\\+b,C=DE"');
  });
});
