import { asGrpc, callTimeoutMs, isGrpcCall, timeoutText } from './grpc.js';

const headers = (name: string, value: string) => ({ raw: [name, value], names: [name.toLowerCase()] });

it.each([
  ['1H', 3_600_000],
  ['2M', 120_000],
  ['3S', 3000],
  ['4m', 4],
  ['1500u', 2],
  ['1n', 1],
  ['99999999m', 99_999_999],
  ['100000000m', undefined],
  ['5', undefined],
  ['S', undefined],
  ['5s', undefined],
  ['-5S', undefined],
  ['5S ', undefined],
])('grpc-timeout: %s is %s ms', (text, milliseconds) => {
  expect(callTimeoutMs(headers('Grpc-Timeout', text))).toBe(milliseconds);
});

it.each([
  [4, '4m'],
  [99_999_999, '99999999m'],
  [100_000_000, '100000S'],
  [99_999_999_999, '99999999S'],
  [100_000_000_000, '1666666M'],
  [5_999_999_940_000, '99999999M'],
  [6_000_000_000_000, '1666666H'],
  [359_999_996_400_000, '99999999H'],
])('%i ms are grpc-timeout: %s', (milliseconds, text) => {
  expect(timeoutText(milliseconds)).toBe(text);
});

it.each([
  ['application/grpc', true],
  ['application/grpc+proto', true],
  ['application/grpc-web', false],
  ['application/json', false],
])('a request with content-type %s is a call: %s', (type, expected) => {
  expect(isGrpcCall(headers('content-type', type))).toBe(expected);
});

it('an answer of the proxy is told as a status, its text in printable ASCII', () => {
  const reply = { status: 503, body: 'no % host {ä}~\n', headers: ['a', 'b'], details: 'd' };
  expect(asGrpc(reply as never)).toEqual({
    status: 200,
    body: '',
    details: 'd',
    headers: ['a', 'b'],
    call: [
      ...['content-type', 'application/grpc', 'grpc-status', '14'],
      ...['grpc-message', 'no %25 host {%E4}%7E%0A'],
    ],
  });
  expect(asGrpc({ ...reply, body: '', grpcStatus: 4 } as never).call).toEqual([
    ...['content-type', 'application/grpc', 'grpc-status', '4'],
  ]);
});
