import { normalizePath } from './path-normalization.js';

describe('a request target', () => {
  it.each([
    ['/a/b?x=1', '/a/b?x=1'],
    ['', '/'],
    ['/a/./b', '/a/b'],
    ['/a/../b', '/b'],
    ['/a/b/..', '/a/'],
    ['/a/b/.', '/a/b/'],
    ['/..', '/'],
    ['/../../a', '/a'],
    ['/a/%2e%2E/b', '/b'],
    ['/a/.b/..c', '/a/.b/..c'],
    ['/a/...', '/a/...'],
    ['/a.', '/a.'],
    ['/a//../b', '/a/b'],
    ['//a', '//a'],
    [String.raw`/a\b\..\c`, '/a/c'],
    ['/%70%7E%2D', '/p~-'],
    ['/%2F%2f%20', '/%2F%2f%20'],
    ['/%zz%4', '/%zz%4'],
    ['/%c3%a9', '/%c3%a9'],
    ['/a b"<>', '/a%20b%22%3C%3E'],
    ['/\xe5\xbc', '/%E5%BC'],
    ['/a;x=1/b', '/a;x=1/b'],
    ['/a?../%70#'.slice(0, 9), '/a?../%70'],
  ])('%j is normally %j', (target, normal) => {
    expect(normalizePath(target)).toBe(normal);
  });

  it.each(['/a#b', '/a?x#y', '/%00', '/a\0'])('%j is refused', (target) => {
    expect(normalizePath(target)).toBeUndefined();
  });
});
