import { connectionFromUrl, requestFromUrl } from './request-from-url.js';

describe('the request that a person describes', () => {
  it.each([
    ['hello.com', 'http', 'hello.com', 80, '/'],
    ['http://hello.com', 'http', 'hello.com', 80, '/'],
    ['http://hello.com:8080/a?b=c', 'http', 'hello.com:8080', 8080, '/a?b=c'],
    ['HTTP://hello.com?b', 'http', 'hello.com', 80, '/?b'],
    ['http://me:secret@hello.com/a', 'http', 'hello.com', 80, '/a'],
    ['http://[2001:db8::1]:81/a#there', 'http', '[2001:db8::1]:81', 81, '/a'],
    ['http://hello.com/ä', 'http', 'hello.com', 80, '/Ã¤'],
  ])('%s', (url, scheme, authority, port, path) => {
    expect(requestFromUrl({ url })).toEqual({ method: 'GET', scheme, authority, port, path, headers: [] });
  });

  it('by https asks for the name in TLS', () => {
    expect(requestFromUrl({ url: 'https://hello.com:8443/a' })).toMatchObject({
      scheme: 'https',
      port: 8443,
      tls: { serverName: 'hello.com' },
    });
    expect(requestFromUrl({ url: 'https://hello.com' })).toMatchObject({ scheme: 'https', port: 443 });
    expect(requestFromUrl({ url: 'http://hello.com' })).not.toHaveProperty('tls');
  });

  it('has the headers as curl sends them; host and x-forwarded-proto say more', () => {
    const headers = ['User:  test ', 'host: other.com', 'X-Forwarded-Proto: HTTPS', 'name: ä'];
    expect(requestFromUrl({ url: 'http://hello.com', headers, method: 'PUT' })).toMatchObject({
      method: 'PUT',
      scheme: 'https',
      authority: 'other.com',
      headers: ['User', 'test', 'X-Forwarded-Proto', 'HTTPS', 'name', 'Ã¤'],
    });
  });

  it.each([
    [{ url: 'http://a b' }, /has a blank in it/],
    [{ url: 'ftp://hello.com' }, /^ftp:\/\/hello\.com is not a URL such as/],
    [{ url: 'http://' }, /is not a URL/],
    [{ url: 'http://hello.com:0' }, /is not HOST or HOST:PORT with a port from 1 to 65535/],
    [{ url: 'http://hello.com:65536' }, /is not HOST or HOST:PORT/],
    [{ url: 'http://a:b:c' }, /is not HOST or HOST:PORT/],
    [{ url: 'a.com', method: 'GET /' }, /^GET \/ is not an HTTP method/],
    [{ url: 'a.com', headers: ['user'] }, /is not a header such as "user: test"/],
    [{ url: 'a.com', headers: ['the user: test'] }, /is not a header such as/],
    [{ url: 'a.com', headers: ['user: a\nb'] }, /The value of header user has a line break or NUL in it/],
  ])('%j cannot be sent', (description, message) => {
    expect(() => requestFromUrl(description)).toThrow(message);
  });
});

describe('the connection that a person describes', () => {
  it.each([
    ['tcp://10.0.0.1:3306', { host: '10.0.0.1', port: 3306, sni: null }],
    ['tls://a.example', { host: 'a.example', port: 443, sni: 'a.example' }],
    ['TLS://a.example:65535/', { host: 'a.example', port: 65_535, sni: 'a.example' }],
    ['TCP://[2001:DB8::1]:1', { host: '2001:DB8::1', port: 1, sni: null }],
    ['http://a.example', undefined],
    ['see tls://a.example', undefined],
    ['a.example:443', undefined],
  ])('%s', (url, connection) => {
    expect(connectionFromUrl(url)).toEqual(connection);
  });

  it.each([
    'tcp://a.example',
    'tcp://a.example:0',
    'tls://a.example:65536',
    'tls://',
    'tls://:443',
    'tls://a.example/path',
    'tls://x a.example',
    'tcp://a.example:1:2',
    'tcp://[a.example]:1',
  ])('%s is not one', (url) => {
    const message = `${url} is not tcp://HOST:PORT or tls://HOST[:PORT] with a port from 1 to 65535.`;
    expect(() => connectionFromUrl(url)).toThrow(new RangeError(message));
  });
});
