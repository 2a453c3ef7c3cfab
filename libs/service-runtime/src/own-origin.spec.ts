import { foreignCaller } from './own-origin.js';

function caller(headers: Record<string, string>, remoteAddress = '127.0.0.1', localPort = 8080) {
  return { headers, socket: { remoteAddress, localPort } } as unknown as Parameters<typeof foreignCaller>[0];
}

describe('who may steer a service', () => {
  it.each([
    ['curl', caller({ host: '127.0.0.1:8080' })],
    ['a name in capitals', caller({ host: 'LocalHost:8080' })],
    ['IPv6', caller({ host: '[::1]:8080' }, '::1')],
    ['IPv4 on a server for both families', caller({ host: 'localhost:8080' }, '::ffff:127.0.0.1')],
    [
      'its own page',
      caller({ host: 'localhost:8080', origin: 'http://localhost:8080', 'sec-fetch-site': 'same-origin' }),
    ],
    ['the default port', caller({ host: 'localhost', origin: 'http://localhost' }, '127.0.0.1', 80)],
  ])('lets in %s', (_who, request) => {
    expect(foreignCaller(request)).toBeUndefined();
  });

  it.each([
    ['another machine', 403, caller({ host: '127.0.0.1:8080' }, '192.0.2.7')],
    [
      'an address that only looks like loopback',
      403,
      caller({ host: '127.0.0.1:8080' }, '::ffff:192.127.0.1'),
    ],
    ['a name of the web that resolves to loopback', 421, caller({ host: 'evil.example:8080' })],
    ['another port', 421, caller({ host: 'localhost:9090' })],
    ['no Host', 421, caller({})],
    ['a page of another site', 403, caller({ host: 'localhost:8080', origin: 'http://evil.example' })],
    ['a page of another port', 403, caller({ host: 'localhost:8080', origin: 'http://localhost:3000' })],
    ['a page without an origin', 403, caller({ host: 'localhost:8080', origin: 'null' })],
    ['a page over https', 403, caller({ host: 'localhost:8080', origin: 'https://localhost:8080' })],
    ['a link from another site', 403, caller({ host: 'localhost:8080', 'sec-fetch-site': 'cross-site' })],
  ])('keeps out %s', (_who, status, request) => {
    expect(foreignCaller(request)?.status).toBe(status);
  });
});
