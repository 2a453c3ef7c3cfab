import type { HeaderList } from '../message/header-list.js';
import { MalformedMessage } from '../message/malformed-message.js';

/** Headers that concern a single connection. `transfer-encoding` is written anew. */
export const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  // For HTTP/2, which nobody changes to here.
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);

// Envoy refuses a request that asks for one of these to be dropped on the way.
const mayNotBeNominated = new Set(['host', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto']);
const noNames: ReadonlySet<string> = new Set();

/**
 * What a `connection` header says: its words in lower case. `proxy-connection` may only say `close`, as to Envoy.
 * Throws MalformedMessage for a forbidden one.
 */
export function connectionOptions({ raw, names }: HeaderList): ReadonlySet<string> {
  let options: Set<string> | undefined;
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    if (name !== 'connection' && name !== 'proxy-connection') continue;
    options ??= new Set();
    for (const word of (raw[2 * i + 1] as string).split(',')) {
      const option = word.trim().toLowerCase();
      if (name === 'connection' || option === 'close') options.add(option);
    }
  }
  if (options === undefined) return noNames;
  for (const option of options) {
    if (mayNotBeNominated.has(option) || option.startsWith(':')) {
      throw new MalformedMessage(400, 'connection_header_rejected', option === 'host');
    }
  }
  return options;
}
