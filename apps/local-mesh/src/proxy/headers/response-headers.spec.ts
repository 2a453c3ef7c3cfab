import { headerList, ofOneConnection } from '../../../test/header-list.js';
import {
  declinedUpgradeHeaders,
  downstreamHeaders,
  hasHeader,
  removeHeader,
  setHeader,
  untouchedResponseHeaders,
  upgradeHeaders,
  withDateAndServer,
} from './response-headers.js';

const everyKind = headerList(...[...ofOneConnection, 'X-A', 'Content-Length'].flatMap((name) => [name, 'v']));

describe("a server's headers as a client gets them", () => {
  it('are in lower case and in their order, without those of one connection', () => {
    expect(downstreamHeaders(everyKind, undefined)).toEqual(['x-a', 'v', 'content-length', 'v']);
  });

  it('lines of a header that Envoy keeps as one are joined where the first stands; cookies stay lines', () => {
    const raw = ['Set-Cookie', 'a', 'Vary', 'x', 'ETag', 'e', 'Set-Cookie', 'b', 'VARY', 'y'];
    expect(downstreamHeaders(headerList(...raw), undefined)).toEqual([
      ...['set-cookie', 'a', 'vary', 'x,y', 'etag', 'e', 'set-cookie', 'b'],
    ]);
  });

  it('tell how long the server took, over what it says itself', () => {
    expect(downstreamHeaders(headerList('A', '1'), 0)).toEqual([
      'a',
      '1',
      'x-envoy-upstream-service-time',
      '0',
    ]);
    expect(downstreamHeaders(headerList('X-Envoy-Upstream-Service-Time', '99', 'A', '1'), 7)).toEqual([
      ...['x-envoy-upstream-service-time', '7', 'a', '1'],
    ]);
  });

  it('of an answer that declines another protocol say nothing of a body, and keep-alive stays', () => {
    const raw = ['Keep-Alive', '5', 'Content-Length', '2', 'Content-Type', 'a/b', 'Upgrade', 'x', 'X-A', '1'];
    expect(declinedUpgradeHeaders(headerList(...raw))).toEqual(['keep-alive', '5', 'x-a', '1']);
  });

  it('stay as they were spelt where no HTTP listener is', () => {
    expect(untouchedResponseHeaders(everyKind)).toEqual(['X-A', 'v', 'Content-Length', 'v']);
    expect(untouchedResponseHeaders(headerList('Vary', 'x', 'VARY', 'y'))).toEqual([
      'Vary',
      'x',
      'VARY',
      'y',
    ]);
  });

  it('of a 101 keep what it is about', () => {
    expect(upgradeHeaders(everyKind)).toEqual([
      ...['connection', 'v', 'upgrade', 'v', 'x-a', 'v', 'content-length', 'v'],
    ]);
  });
});

describe('date and server', () => {
  it('are written last: a date that is there stays, a server does not', () => {
    const [name, date, ...server] = withDateAndServer([], 'envoy');
    expect([name, ...server]).toEqual(['date', 'server', 'envoy']);
    expect(new Date(String(date)).toUTCString()).toBe(date);
    expect(Math.abs(Date.parse(String(date)) - Date.now())).toBeLessThan(10_000);
    expect(withDateAndServer(['server', 'nginx', 'date', 'then', 'a', '1'], 'istio-envoy')).toEqual([
      ...['server', 'istio-envoy', 'date', 'then', 'a', '1'],
    ]);
  });
});

describe('a list of names and values', () => {
  it('is searched by name alone', () => {
    expect(hasHeader(['a', 'b'], 'a')).toBe(true);
    expect(hasHeader(['x', 'y', 'b', 'a'], 'b')).toBe(true);
    expect(hasHeader(['a', 'b'], 'b')).toBe(false);
  });

  it('is set where the name stands, or at the end', () => {
    const list = ['a', '1', 'b', 'c'];
    setHeader(list, 'b', '2');
    setHeader(list, 'c', '3');
    setHeader(list, 'a', '4');
    expect(list).toEqual(['a', '4', 'b', '2', 'c', '3']);
  });

  it('loses every line of a name, and nothing else', () => {
    const list = ['x', '1', 'a', 'x', 'x', '2', 'x', '3', 'b', '4', 'x', '5'];
    removeHeader(list, 'x');
    expect(list).toEqual(['a', 'x', 'b', '4']);
  });
});
