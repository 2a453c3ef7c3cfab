import { type RequestTarget, requestTarget, type TargetAddress } from './target-address.js';
import { clusterLocal, compileTargets, type Target } from './targets.js';

function receives(targets: readonly Target[], url: string): boolean {
  const address = requestTarget(url);
  return address !== undefined && compileTargets(targets)(address);
}

describe('targets', () => {
  it.each<[Target[], string, boolean]>([
    [['hello.com'], 'http://hello.com/x', true],
    [['hello.com'], 'https://HELLO.com.:8443/x', true],
    [['Hello.com.'], 'http://hello.com/', true],
    [['hello.com'], 'http://www.hello.com/', false],
    [['hello.com:8080'], 'http://hello.com:8080/', true],
    [['hello.com:8080'], 'http://hello.com/', false],
    [['hello.com:443'], 'https://hello.com/', true],
    [['*.hello.com'], 'http://a.b.hello.com/', true],
    [['*.hello.com'], 'http://hello.com/', false],
    [['*.hello.com'], 'http://ahello.com/', false],
    [['*.hello.com:81'], 'http://a.hello.com:81/', true],
    [['*.hello.com:81'], 'http://a.hello.com/', false],
    [['[::1]'], 'http://[::1]:99/', true],
    [['*'], 'http://anyone.example/', true],
    [[], 'http://localhost/', false],
    [['https://hello.com'], 'https://hello.com:8443/', true],
    [['https://hello.com'], 'http://hello.com/', false],
    [['HTTP://hello.com:81'], 'http://hello.com:81/', true],
    [['https://*'], 'https://anyone.example/', true],
    [['https://*'], 'http://anyone.example/', false],
    [['*:8080'], 'http://anyone.example:8080/', true],
    [['hello.com/'], 'http://hello.com/any', true],
    [['hello.com/api'], 'http://hello.com/api', true],
    [['hello.com/api'], 'http://hello.com/api/v1?x=1', true],
    [['hello.com/api/'], 'http://hello.com/api', true],
    [['hello.com/api'], 'http://hello.com/apix', false],
    [['hello.com/api'], 'http://hello.com/api/../admin', false],
    [['hello.com/api'], 'http://hello.com/api/%2e%2e/admin', false],
    [['hello.com/api'], 'http://hello.com/api/..%2fadmin', false],
    [['https://*.hello.com:81/a/b'], 'https://x.hello.com:81/a/b/c', true],
    [[/^hello\.(com|org)$/], 'http://HELLO.org/', true],
    [[/hello\.com/], 'http://hello.com.evil.example/', false],
    [[/hello\.com/], 'http://evil.example.hello.com/', false],
    [[/a|hello\.com/], 'http://hello.com/', true],
    [[/HELLO\.com/g], 'http://hello.com/', true],
    [[/localhost|::1|fd00:.*/], 'http://[fd00::1]:8080/', true],
    [[/(?:localhost|::1)/], 'http://[::1]/', true],
    [[/(?<name>[a-z]+)\.example/], 'http://hello.example/', true],
    [['10.0.0.1/api'], 'http://10.0.0.1/api', true],
    [['http://10.0.0.1/8'], 'http://10.0.0.1/8', true],
    [['127.0.0.1'], 'http://2130706433/', true],
    [['xn--bcher-kva.example'], 'http://bücher.example/', true],
    [
      [(_host, _port, { scheme, path }) => scheme === 'https' && path === '/x'],
      'https://a.example/x?y',
      true,
    ],
    [[(host, port) => host === 'a.example' && port === 80], 'http://a.example/', true],
  ])('%j and %s: %s', (targets, url, expected) => {
    expect(receives(targets, url)).toBe(expected);
  });

  it.each<[string, boolean]>([
    ['http://reviews/', true],
    ['http://reviews.shop.svc/', true],
    ['http://reviews.shop.svc.cluster.local:9080/', true],
    ['http://localhost:3000/', true],
    ['http://app.localhost/', true],
    ['http://127.8.9.10/', true],
    ['http://[::1]/', true],
    ['http://reviews.shop/', false],
    ['http://hello.com/', false],
    ['http://10.0.0.1/', false],
    ['http://127.0.0.1.evil.com/', false],
    ['http://134744072/', false],
  ])('the default and %s: %s', (url, expected) => {
    expect(receives([clusterLocal], url)).toBe(expected);
  });

  it.each<[TargetAddress, RequestTarget | undefined]>([
    [
      { host: '2130706433', port: 81 },
      { scheme: 'http', host: '127.0.0.1', port: 81, path: '/' },
    ],
    [
      { host: '::ffff:127.0.0.1', scheme: 'https:' },
      { scheme: 'https', host: '::ffff:7f00:1', port: 443, path: '/' },
    ],
    [
      { host: 'Bücher.example.', path: '/a/../b?c' },
      { scheme: 'http', host: 'xn--bcher-kva.example', port: 80, path: '/b' },
    ],
    [
      { host: '[::1]', port: '8080' },
      { scheme: 'http', host: '::1', port: 8080, path: '/' },
    ],
    ['ws://h/', { scheme: 'http', host: 'h', port: 80, path: '/' }],
    [{ host: 'a b' }, undefined],
    [{ host: '' }, undefined],
    ['file:///etc', undefined],
    ['data:text/plain,x', undefined],
  ])('knows %j by the spelling of a URL', (address, expected) => {
    const { scheme, host, port, path } = requestTarget(address) ?? {};
    expect({ scheme, host, port, path }).toEqual({ scheme: undefined, ...expected });
  });

  it('reads a text as a URL reads it, whatever signs stand in it', () => {
    const pieces = [
      'inside',
      'out.example',
      '127.1',
      '0x7f000001',
      ':80',
      ':8080',
      ':65536',
      ':',
      '/',
      '//',
      '\\',
      '?',
      '#',
      '@',
      '%2e',
      '.',
      '..',
      '/../',
      'X',
      'ü',
      ' ',
      '\t',
      '\n',
      '[::1]',
      '-',
      '_',
    ];
    const read = (address: string | URL | undefined) => {
      const { scheme, host, port, path } = (address === undefined ? undefined : requestTarget(address)) ?? {};
      return { scheme, host, port, path };
    };
    const texts = pieces.flatMap((a) => pieces.flatMap((b) => pieces.map((c) => `http://${a}${b}${c}`)));
    for (const text of texts) {
      const url = URL.canParse(text) ? new URL(text) : undefined;
      expect([text, read(text)]).toEqual([text, read(url)]);
    }
  });

  it('does not take a number for a name of the cluster', () => {
    expect([clusterLocal('134744072'), clusterLocal('0x08080808')]).toEqual([false, false]);
  });
});
