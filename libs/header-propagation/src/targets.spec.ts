import { clusterLocal, compileTargets, type Target, targetAddress } from './targets.js';

function receives(targets: readonly Target[], url: string): boolean {
  const address = targetAddress(url);
  return address !== undefined && compileTargets(targets)(address.host, address.port);
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

  it('does not take a number for a name of the cluster', () => {
    expect([clusterLocal('134744072'), clusterLocal('0x08080808')]).toEqual([false, false]);
  });
});
