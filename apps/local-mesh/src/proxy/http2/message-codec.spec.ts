import type { OutgoingRequest } from '../message/request.js';
import { UnsendableHead } from '../message/sendable.js';
import { decodeRequest, decodeResponse } from './message-decoder.js';
import { encodeRequest, encodeResponse, encodeTrailers } from './message-encoder.js';

const pseudo = [':method', 'POST', ':scheme', 'https', ':authority', 'a.example', ':path', '/x?y'];

describe('a request that came in HTTP/2', () => {
  it('has its pseudo-headers apart, and the pieces of its cookie put together', () => {
    const raw = [...pseudo, 'cookie', 'a=1', 'user', 'test', 'cookie', 'b=2', 'cookie', 'c'];
    expect(decodeRequest(raw, true)).toEqual({
      method: 'POST',
      scheme: 'https',
      authority: 'a.example',
      path: '/x?y',
      headers: { raw: ['user', 'test', 'cookie', 'a=1; b=2; c'], names: ['user', 'cookie'] },
      bodyLength: 0,
    });
  });

  it('may say its Host in a header, or nowhere', () => {
    expect(decodeRequest([':method', 'GET', 'host', 'b.example'], true)).toEqual({
      method: 'GET',
      scheme: 'http',
      authority: 'b.example',
      path: '',
      headers: { raw: ['host', 'b.example'], names: ['host'] },
      bodyLength: 0,
    });
    expect(decodeRequest([], true)).toMatchObject({ method: '', authority: undefined });
  });

  it.each([
    ['12', 12],
    ['0', undefined],
    ['x', undefined],
    ['-1', undefined],
    ['1'.repeat(16), undefined],
    ['1 ', undefined],
  ])('with the length %j still has %j bytes to come', (length, expected) => {
    expect(decodeRequest([...pseudo, 'content-length', length], false).bodyLength).toBe(expected);
    expect(decodeRequest([...pseudo, 'content-length', length], true).bodyLength).toBe(0);
  });
});

it.each([
  ['200', true, false, 0],
  ['200', false, false, 7],
  ['200', true, true, 7],
  ['304', true, false, 7],
  ['204', true, false, 0],
])(
  'an answer %s that came in HTTP/2, complete %j, to HEAD %j: a length of %j',
  (status, isComplete, isToHead, expected) => {
    const head = decodeResponse([':status', status, 'content-length', '7'], isComplete, isToHead);
    expect(head).toEqual({
      status: Number(status),
      headers: { raw: ['content-length', '7'], names: ['content-length'] },
      bodyLength: expected,
    });
  },
);

it('an answer without a status has none', () => {
  expect(decodeResponse([], true, false).status).toBe(0);
});

const outgoing: OutgoingRequest = {
  method: 'PUT',
  scheme: 'https',
  authority: 'a.example',
  path: '/x',
  headers: [],
  bodyLength: undefined,
  untouched: false,
};
const asked = [':method', 'PUT', ':scheme', 'https', ':authority', 'a.example', ':path', '/x'];

describe('a request that goes on in HTTP/2', () => {
  it('is without what belongs to a connection of HTTP/1.1, its names in lower case', () => {
    const headers = [
      'User',
      'Test',
      'Host',
      'b',
      'Connection',
      'x',
      'Keep-Alive',
      '1',
      'Transfer-Encoding',
      'chunked',
      'Upgrade',
      'y',
      'Proxy-Connection',
      'z',
      'TE',
      'gzip',
    ];
    expect(encodeRequest({ ...outgoing, headers })).toEqual([...asked, 'user', 'Test']);
    expect(encodeRequest({ ...outgoing, headers: ['TE', 'trailers'] })).toEqual([...asked, 'te', 'trailers']);
  });

  it('says the length that the body has, once and where one stands', () => {
    const headers = ['Content-Length', '1', 'a', 'b', 'content-length', '2'];
    expect(encodeRequest({ ...outgoing, headers, bodyLength: 5 })).toEqual([
      ...asked,
      'content-length',
      '5',
      'a',
      'b',
    ]);
    expect(encodeRequest({ ...outgoing, headers })).toEqual([...asked, 'a', 'b']);
    expect(encodeRequest({ ...outgoing, bodyLength: 5 })).toEqual(asked);
  });

  it('to another protocol is a CONNECT', () => {
    expect(encodeRequest({ ...outgoing, upgrade: 'websocket' })).toEqual([
      ':method',
      'CONNECT',
      ':protocol',
      'websocket',
      ...asked.slice(2),
    ]);
  });

  it.each([{ headers: ['a b', 'c'] }, { headers: ['a', 'b\n'] }, { path: '/a b\r' }, { authority: 'a\n' }])(
    'is not sent with %j',
    (wrong) => {
      expect(() => encodeRequest({ ...outgoing, ...wrong })).toThrow(UnsendableHead);
    },
  );
});

it('an answer that goes on in HTTP/2', () => {
  expect(encodeResponse({ status: 404, headers: ['A', 'b', 'connection', 'close'], bodyLength: 0 })).toEqual([
    ':status',
    '404',
    'a',
    'b',
  ]);
});

it('trailers go on by name, those of one name together', () => {
  expect(encodeTrailers(['Sum', '1', 'Constructor', '2', 'sum', '3', 'content-length', '4'])).toEqual({
    sum: ['1', '3'],
    constructor: ['2'],
  });
});
