import { headerList, ofOneConnection } from '../../../test/header-list.js';
import {
  clientHeaders,
  headersAtEdge,
  type UpstreamHeadersOptions,
  untouchedHeaders,
  upstreamHeaders,
  withAttempt,
} from './request-headers.js';

const plain: UpstreamHeadersOptions = { connection: new Set(), isToProxy: false, upgrade: undefined };
const uuid = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

describe("a client's headers as rules see them", () => {
  const seen = (options: Partial<UpstreamHeadersOptions>, ...raw: string[]) =>
    clientHeaders(headerList(...raw), { ...plain, ...options });

  it('are in lower case, line by line in their order, without the Host', () => {
    expect(seen({}, 'X-B', '1', 'Host', 'a', 'X-A', 'Two', 'x-b', '3')).toEqual([
      ...['x-b', '1', 'x-a', 'Two', 'x-b', '3'],
    ]);
  });

  it.each(ofOneConnection)('%s ends here', (name) => {
    expect(seen({}, 'A', '1', name, 'x', 'B', '2')).toEqual(['a', '1', 'b', '2']);
  });

  it('connection and upgrade go on where the client wants another protocol, and no others', () => {
    const raw = [...ofOneConnection, 'X-A'].flatMap((name) => [name, 'v']);
    expect(seen({ upgrade: 'websocket', connection: new Set(['upgrade']) }, ...raw)).toEqual([
      ...['connection', 'v', 'upgrade', 'v', 'x-a', 'v'],
    ]);
  });

  it('what the connection names ends here', () => {
    expect(seen({ connection: new Set(['x-own']) }, 'X-Own', '1', 'X-Other', '2')).toEqual(['x-other', '2']);
  });

  it.each([
    ['trailers', ['te', 'trailers']],
    ['gzip , trailers', ['te', 'trailers']],
    ['trailers,deflate;q=0.5', ['te', 'trailers']],
    ['gzip', []],
    ['trailers;q=1', []],
    ['xtrailers', []],
    ['', []],
  ])('te: %j', (value, expected) => {
    expect(seen({}, 'TE', value)).toEqual(expected);
  });

  it.each([
    [true, []],
    [false, ['proxy-authorization', 'Basic x']],
  ])('credentials for a proxy, the target names this one: %s', (isToProxy, expected) => {
    expect(seen({ isToProxy }, 'Proxy-Authorization', 'Basic x')).toEqual(expected);
  });

  it.each(['X-Envoy-Retry-On', 'X-Envoy-Internal', 'X-Forwarded-Client-Cert'])('%s ends here', (name) => {
    expect(seen({}, name, '5xx', 'x-envoy-of-mine', '1')).toEqual(['x-envoy-of-mine', '1']);
  });

  it('lines of a header that Envoy keeps as one are joined where the first stands; of others they stay', () => {
    expect(
      seen({}, 'X-A', '1', 'Accept', 'a', 'Cookie', 'c', 'X-A', '2', 'ACCEPT', 'b', 'Cookie', 'd'),
    ).toEqual([...['x-a', '1', 'accept', 'a,b', 'cookie', 'c', 'x-a', '2', 'cookie', 'd']]);
    expect(seen({}, 'Accept', 'a', 'Via', '1')).toEqual(['accept', 'a', 'via', '1']);
  });
});

describe('what a sidecar adds', () => {
  it('is the scheme and an id of the request, at the end, and the id is known', () => {
    const { list, requestId } = upstreamHeaders(['a', '1']);
    expect(list).toEqual(['a', '1', 'x-forwarded-proto', 'http', 'x-request-id', requestId]);
    expect(requestId).toEqual(uuid);
    expect(upstreamHeaders([]).requestId).not.toBe(requestId);
  });

  it('is nothing where the client has sent both', () => {
    const sent = ['x-request-id', 'mine', 'x-forwarded-proto', 'https', 'a', '1'];
    expect(upstreamHeaders([...sent])).toEqual({ list: sent, requestId: 'mine' });
  });

  it('an empty id is replaced where it stands', () => {
    const { list, requestId } = upstreamHeaders(['x-request-id', '', 'x-forwarded-proto', 'http']);
    expect(requestId).toEqual(uuid);
    expect(list).toEqual(['x-request-id', requestId, 'x-forwarded-proto', 'http']);
  });

  it('at a gateway the id is always its own, and what the client sent stays for the rules', () => {
    const sent = ['x-request-id', 'theirs', 'x-forwarded-proto', 'https', 'x-envoy-of-mine', '1', 'a', '1'];
    const before = [...sent];
    const { list, requestId } = headersAtEdge(sent, { remoteAddress: '10.0.0.1', scheme: 'http' });
    expect(requestId).toEqual(uuid);
    expect(list).toEqual([
      ...['x-request-id', requestId, 'x-forwarded-proto', 'http', 'a', '1'],
      ...['x-forwarded-for', '10.0.0.1', 'x-envoy-external-address', '10.0.0.1'],
    ]);
    expect(sent).toEqual(before);
  });
});

describe('where no HTTP listener is', () => {
  const sent = (options: Partial<UpstreamHeadersOptions>, ...raw: string[]) =>
    untouchedHeaders(headerList(...raw), { ...plain, ...options });

  it("the client's headers go on as they were spelt, without the Host", () => {
    expect(
      sent({}, 'X-Case', '1', 'Host', 'a', 'TE', 'gzip', 'X-Envoy-Retry-On', '5xx', 'X-Case', '2'),
    ).toEqual([...['X-Case', '1', 'TE', 'gzip', 'X-Envoy-Retry-On', '5xx', 'X-Case', '2']]);
  });

  it.each(ofOneConnection)('but %s', (name) => {
    expect(sent({}, 'A', '1', name, 'x', 'B', '2')).toEqual(['A', '1', 'B', '2']);
  });

  it('and but what the connection names, and credentials for this proxy', () => {
    const raw = ['X-Own', '1', 'Proxy-Authorization', 'x', 'X-Other', '2'];
    expect(sent({ connection: new Set(['x-own']) }, ...raw)).toEqual([
      ...['Proxy-Authorization', 'x', 'X-Other', '2'],
    ]);
    expect(sent({ isToProxy: true }, ...raw)).toEqual(['X-Own', '1', 'X-Other', '2']);
  });

  it('a client that wants another protocol may say so', () => {
    const raw = ['Connection', 'Upgrade', 'Keep-Alive', '5', 'Upgrade', 'foo'];
    expect(sent({ upgrade: 'foo', connection: new Set(['upgrade']) }, ...raw)).toEqual([
      ...['Connection', 'Upgrade', 'Upgrade', 'foo'],
    ]);
  });
});

describe('what differs from try to try', () => {
  it('is added at the end: the time that is left, where there is a limit, and the number of the try', () => {
    expect(withAttempt(['a', '1'], { attempt: 2, expectedTimeoutMs: 1500 })).toEqual([
      ...['a', '1', 'x-envoy-expected-rq-timeout-ms', '1500', 'x-envoy-attempt-count', '2'],
    ]);
    expect(withAttempt(['a', '1'], { attempt: 1, expectedTimeoutMs: 1500, callTimeout: '1500m' })).toEqual([
      ...['a', '1', 'x-envoy-expected-rq-timeout-ms', '1500'],
      ...['grpc-timeout', '1500m', 'x-envoy-attempt-count', '1'],
    ]);
    expect(withAttempt([], { attempt: 1, expectedTimeoutMs: 0 })).toEqual(['x-envoy-attempt-count', '1']);
  });

  it('a number that the client sent is written over where it stands; the headers of the next try are as before', () => {
    const headers = ['a', '1', 'x-envoy-attempt-count', '77', 'b', 'x-envoy-attempt-count'];
    const before = [...headers];
    expect(withAttempt(headers, { attempt: 3, expectedTimeoutMs: 0 })).toEqual([
      ...['a', '1', 'x-envoy-attempt-count', '3', 'b', 'x-envoy-attempt-count'],
    ]);
    expect(headers).toEqual(before);
  });
});
