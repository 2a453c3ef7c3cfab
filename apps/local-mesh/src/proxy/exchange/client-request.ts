import type { RequestHead } from '../http1/request-head.js';

/** The first value of a header. */
export function headerValue({ headers: { raw, names } }: RequestHead, name: string): string | undefined {
  const index = names.indexOf(name);
  return index < 0 ? undefined : raw[2 * index + 1];
}

/** The protocol that the client wants to change to. `h2c` is not taken up; Envoy goes on in HTTP/1.1 then. */
export function requestedUpgrade(head: RequestHead, connection: ReadonlySet<string>): string | undefined {
  if (!connection.has('upgrade')) return undefined;
  const protocol = headerValue(head, 'upgrade');
  return protocol === undefined || protocol.toLowerCase() === 'h2c' ? undefined : protocol;
}
