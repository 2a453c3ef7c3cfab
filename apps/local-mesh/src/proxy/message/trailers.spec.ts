import { allowedTrailers } from './trailers.js';

function allowed(...names: string[]): string[] {
  const raw = names.flatMap((name) => [name, '1']);
  return allowedTrailers({ raw, names: names.map((name) => name.toLowerCase()) });
}

describe('trailers', () => {
  it.each([
    'Content-Length',
    'TRANSFER-ENCODING',
    'Host',
    'connection',
    'Upgrade',
    'Authorization',
    'Set-Cookie',
    'Proxy-Authorization',
    'Proxy-Status',
    'X-Forwarded-For',
    'x-request-id',
    'x-envoy-retry-on',
    'Sec-Fetch-Site',
    'Content-Type',
    'Cache-Control',
    'TE',
  ])('%s does not go on', (name) => {
    expect(allowed('X-Sum', name, 'grpc-status')).toEqual(['x-sum', '1', 'grpc-status', '1']);
  });

  it.each(['X-Checksum', 'grpc-message', 'Server-Timing', 'etag', 'digest', 'x-hosts'])(
    '%s goes on',
    (name) => {
      expect(allowed(name)).toEqual([name.toLowerCase(), '1']);
    },
  );
});
