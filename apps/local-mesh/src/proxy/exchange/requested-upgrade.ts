import { headerValue } from '../message/header-list.js';
import type { RequestHead } from '../message/request.js';

/** The protocol that the client wants to change to. `h2c` is not taken up; Envoy goes on in HTTP/1.1 then. */
export function requestedUpgrade(head: RequestHead, connection: ReadonlySet<string>): string | undefined {
  if (!connection.has('upgrade')) return undefined;
  const protocol = headerValue(head.headers, 'upgrade');
  return protocol === undefined || protocol.toLowerCase() === 'h2c' ? undefined : protocol;
}
