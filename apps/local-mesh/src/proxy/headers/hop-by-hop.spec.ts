import { headerList } from '../../../test/header-list.js';
import { connectionOptions } from './hop-by-hop.js';

describe('what a connection header says', () => {
  it.each([
    ['Connection', 'Keep-Alive, X-Own ,close', ['keep-alive', 'x-own', 'close']],
    ['connection', 'Upgrade', ['upgrade']],
    ['Proxy-Connection', 'keep-alive, X-Own', []],
    ['Proxy-Connection', 'x, CLOSE', ['close']],
    ['X-Connection', 'close', []],
  ])('%s: %s', (name, value, expected) => {
    expect([...connectionOptions(headerList('A', '1', name, value))]).toEqual(expected);
  });

  it('is gathered from all of its lines', () => {
    const lines = ['Connection', 'a', 'Proxy-Connection', 'close', 'CONNECTION', 'b'];
    expect([...connectionOptions(headerList(...lines))]).toEqual(['a', 'close', 'b']);
  });

  it.each(['Host', 'X-Forwarded-For', 'x-forwarded-host', 'X-Forwarded-Proto', ':path', ':'])(
    'may not take %s out of the request',
    (name) => {
      const connection = headerList('Connection', `close, ${name}`);
      expect(() => connectionOptions(connection)).toThrow(
        expect.objectContaining({
          status: 400,
          details: 'connection_header_rejected',
          emptyBody: name === 'Host',
        }),
      );
    },
  );

  it.each(['x-hosts', 'x-forwarded-port', 'a:b'])('may take %s out', (name) => {
    expect([...connectionOptions(headerList('Connection', name))]).toEqual([name]);
  });
});
