import { checkTarget, checkValue, declaresLength, nameKind } from './sendable.js';

describe('the name of a header', () => {
  it.each([
    ['x-a', 'plain'],
    ['Content-Type', 'plain'],
    ["!#$%&'*+-.^_`|~09azAZ", 'plain'],
    ['Content-LENGTH', 'content-length'],
    ['transfer-encoding', 'transfer-encoding'],
    ['Connection', 'own'],
    ['proxy-connection', 'own'],
    ['UPGRADE', 'own'],
    ['', 'invalid'],
    ['x a', 'invalid'],
    ['x:a', 'invalid'],
    ['x\n', 'invalid'],
    ['xä', 'invalid'],
  ])('%j is %s, at first sight and later', (name, kind) => {
    expect([nameKind(name), nameKind(name)]).toEqual([kind, kind]);
  });

  it('is known however many were seen before', () => {
    const names = Array.from({ length: 2000 }, (_, index) => `x-${index}`);
    expect(names.filter((name) => nameKind(name) !== 'plain')).toEqual([]);
    expect([nameKind('Content-length'), nameKind('x y')]).toEqual(['content-length', 'invalid']);
  });
});

describe('a target', () => {
  it.each(['/', '/a?b=%20#~', '*'])('%j may be sent', (path) => {
    expect(() => checkTarget(path, 'a.ext:80')).not.toThrow();
  });

  it.each(['', 'a', 'x/a', '**', '/a b', '/a\r\n', '/\x7f', '/ä'])('%j may not', (path) => {
    expect(() => checkTarget(path, 'a.ext')).toThrow(
      expect.objectContaining({ part: 'target', shown: path, message: `invalid target: ${path}` }),
    );
  });

  it.each(['', '[::1]:80', 'h\xe4'])('the authority %j may be sent', (authority) => {
    expect(() => checkTarget('/', authority)).not.toThrow();
  });

  it.each(['a b', 'a\r\nb: c', 'a\x7f', 'a\u0100'])('the authority %j may not', (authority) => {
    expect(() => checkTarget('/', authority)).toThrow(
      expect.objectContaining({ part: 'authority', shown: authority }),
    );
  });
});

describe('the value of a header', () => {
  it.each(['', ' a\tb ', '\xff\x80', '~'])('%j may be sent', (value) => {
    expect(() => checkValue('x', value)).not.toThrow();
  });

  it.each(['a\nb', 'a\r', '\0', '\x7f', '\u010a', 'ok\u{1f600}'])('%j may not', (value) => {
    expect(() => checkValue('x-a', value)).toThrow(
      expect.objectContaining({ part: 'header value', shown: 'x-a', name: 'UnsendableHead' }),
    );
  });
});

it.each([
  [['a', 'content-length', 'Content-Length', ''], true],
  [['content-length', '1'], true],
  [['a', 'content-length'], false],
  [[], false],
])('%j says how long the body is: %s', (headers, expected) => {
  expect(declaresLength(headers)).toBe(expected);
});
