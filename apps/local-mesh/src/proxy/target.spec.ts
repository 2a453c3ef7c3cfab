import { MalformedMessage } from './message/malformed-message.js';
import { connectAuthority, hostOf, streamTarget } from './target.js';

const head = { method: 'GET', path: '/x', headers: { raw: [], names: [] }, bodyLength: 0 };

function refusal(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof MalformedMessage)) throw error;
    return `${error.status} ${error.details}${error.emptyBody ? ' without a body' : ''}`;
  }
}

it.each([
  ['a', 'http', { scheme: 'http', authority: 'a', host: 'a', port: 80, path: '/x' }],
  ['a:81', 'https', { scheme: 'https', authority: 'a:81', host: 'a', port: 81, path: '/x' }],
  ['[::1]', 'wss', { scheme: 'http', authority: '[::1]', host: '::1', port: 80, path: '/x' }],
  ['a:', 'http', { scheme: 'http', authority: 'a:', host: 'a', port: 80, path: '/x' }],
  [undefined, 'http', '400 missing_host_header without a body'],
  ['a b', 'http', '400 http1.codec_error'],
  ['a:0', 'http', '400 http1.invalid_port'],
  ['a:65535', 'http', { scheme: 'http', authority: 'a:65535', host: 'a', port: 65_535, path: '/x' }],
  ['a:65536', 'http', '400 http1.invalid_port'],
])('a stream of HTTP/2 for %s, scheme %s', (authority, scheme, expected) => {
  expect(refusal(() => streamTarget({ ...head, authority, scheme }, undefined))).toEqual(expected);
});

it.each([
  ['a', 'a'],
  ['a:1', 'a'],
  ['[::1]:81', '::1'],
  ['[::1]', '::1'],
  ['a:1:2', 'a:1'],
])('the host of %s is %s', (authority, host) => {
  expect(hostOf(authority)).toBe(host);
});

it.each([
  ['a:1', { host: 'a', port: 1 }],
  ['[::1]:65535', { host: '::1', port: 65_535 }],
  ['a', '400 http1.invalid_url'],
  ['a:', '400 http1.invalid_url'],
  ['a b:1', '400 http1.invalid_url'],
  ['a:0', '400 http1.invalid_port'],
  ['a:65536', '400 http1.invalid_port'],
  ['a:100000', '400 http1.invalid_url'],
])('CONNECT %s', (target, expected) => {
  expect(refusal(() => connectAuthority(target))).toEqual(expected);
});
