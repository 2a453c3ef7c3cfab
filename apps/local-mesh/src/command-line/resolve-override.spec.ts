import { createResolver, parseResolveOverride } from './resolve-override.js';

describe('--resolve', () => {
  const good: Array<[string, unknown]> = [
    ['hello.com:80:127.0.0.1', { host: 'hello.com', port: 80, address: '127.0.0.1' }],
    ['Hello.COM.:80:127.0.0.1', { host: 'hello.com', port: 80, address: '127.0.0.1' }],
    ['*:*:127.0.0.20', { host: undefined, port: undefined, address: '127.0.0.20' }],
    ['hello.com:*:[::1]', { host: 'hello.com', port: undefined, address: '::1' }],
    ['hello.com:80:::1', { host: 'hello.com', port: 80, address: '::1' }],
    ['[::1]:80:127.0.0.1', { host: '::1', port: 80, address: '127.0.0.1' }],
  ];
  it.each(good)('reads %s', (text, override) => {
    expect(parseResolveOverride(text)).toEqual(override);
  });

  it.each([
    'hello.com:80',
    'hello.com:80:localhost',
    'hello.com:0:127.0.0.1',
    'hello.com:65536:127.0.0.1',
    '*.com:80:127.0.0.1',
    ':80:127.0.0.1',
    'a:80:127.0.0.1:99',
    '',
  ])('refuses %p, saying what the form is', (text) => {
    expect(() => parseResolveOverride(text)).toThrow(/is not HOST:PORT:ADDRESS/);
  });

  it('takes the most exact one, host before port, and of equal ones the last', () => {
    const overrides = [
      '*:*:127.0.0.1',
      '*:80:127.0.0.2',
      'a.com:*:127.0.0.3',
      'a.com:80:127.0.0.4',
      'a.com:80:127.0.0.5',
    ];
    const resolve = createResolver(overrides.map(parseResolveOverride));
    expect(resolve('a.com', 80)).toEqual({ host: '127.0.0.5', port: 80 });
    expect(resolve('A.com.', 81)).toEqual({ host: '127.0.0.3', port: 81 });
    expect(resolve('b.com', 80)).toEqual({ host: '127.0.0.2', port: 80 });
    expect(resolve('b.com', 81)).toEqual({ host: '127.0.0.1', port: 81 });
    expect(createResolver([])('a.com', 80)).toBeUndefined();
  });
});
