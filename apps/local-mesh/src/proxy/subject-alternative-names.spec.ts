import { alternativeNames, isForOneOf } from './subject-alternative-names.js';

it('reads names as Node writes them, quoted ones among them', () => {
  expect(
    alternativeNames('DNS:a.ext, URI:"http://a/?b=c, DNS:evil.ext", IP Address:0:0:0:0:0:0:0:1, email:a@b'),
  ).toEqual([
    { type: 'DNS', value: 'a.ext' },
    { type: 'URI', value: 'http://a/?b=c, DNS:evil.ext' },
    { type: 'IP Address', value: '0:0:0:0:0:0:0:1' },
    { type: 'email', value: 'a@b' },
  ]);
  expect(alternativeNames('URI:"a\\\\", URI:"b\\"c, d", DNS:e')).toEqual([
    { type: 'URI', value: 'a\\' },
    { type: 'URI', value: 'b"c, d' },
    { type: 'DNS', value: 'e' },
  ]);
  expect(alternativeNames(undefined)).toEqual([]);
});

describe('a certificate', () => {
  it.each([
    ['a.ext', 'DNS:A.ext', true],
    ['A.EXT', 'DNS:a.ext', true],
    ['a.b.ext', 'DNS:*.b.ext', true],
    ['b.ext', 'DNS:*.b.ext', false],
    ['.b.ext', 'DNS:*.b.ext', false],
    ['x.a.b.ext', 'DNS:*.b.ext', false],
    ['*.b.ext', 'DNS:*.b.ext', true],
    ['*.b.ext', 'DNS:a.b.ext', false],
    ['spiffe://td/A', 'URI:spiffe://td/a', false],
    ['spiffe://td/a', 'DNS:x, URI:spiffe://td/a', true],
    ['evil.ext', 'URI:"http://a/?b=c, DNS:evil.ext"', false],
    ['a.ext', undefined, false],
  ])('for %s, that has %s: %s', (name, own, expected) => {
    expect(isForOneOf(['zzz', name], own)).toBe(expected);
  });

  it('is for nobody where no name is asked for', () => {
    expect(isForOneOf([], 'DNS:a.ext')).toBe(false);
  });
});
