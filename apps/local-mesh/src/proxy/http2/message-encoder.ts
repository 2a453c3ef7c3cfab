import { hopByHop } from '../headers/hop-by-hop.js';
import type { OutgoingRequest } from '../message/request.js';
import type { OutgoingResponse } from '../message/response.js';
import { checkTarget, checkValue, nameKind, UnsendableHead } from '../message/sendable.js';

/** What belongs to one connection of HTTP/1.1 (RFC 9113 8.2.2), and what `:authority` says. */
const ofHttp1: ReadonlySet<string> = new Set([...hopByHop, 'host']);

/** Names and values in turn, pseudo-headers first. Throws UnsendableHead. */
export function encodeRequest({
  method,
  scheme,
  authority,
  path,
  headers,
  bodyLength,
  upgrade,
}: OutgoingRequest): string[] {
  checkTarget(path, authority);
  // HTTP/2's own way to another protocol (RFC 8441), as Envoy goes it.
  const asked = upgrade === undefined ? [':method', method] : [':method', 'CONNECT', ':protocol', upgrade];
  const pseudo = [...asked, ':scheme', scheme, ':authority', authority, ':path', path];
  return [...pseudo, ...fields(headers, bodyLength)];
}

/** Throws UnsendableHead. */
export function encodeResponse({ status, headers, bodyLength }: Omit<OutgoingResponse, 'close'>): string[] {
  return [':status', String(status), ...fields(headers, bodyLength)];
}

/** For node:http2, which takes trailers as an object. Throws UnsendableHead. */
export function encodeTrailers(trailers: readonly string[]): Record<string, string[]> {
  const list = fields(trailers, undefined);
  const result: Record<string, string[]> = {};
  for (let i = 0; i < list.length; i += 2) {
    const name = list[i] as string;
    const values = Object.hasOwn(result, name) ? (result[name] as string[]) : [];
    values.push(list[i + 1] as string);
    result[name] = values;
  }
  return result;
}

/** A length goes on where one stands and the body has one: no rule decides how a message is framed. */
function fields(headers: readonly string[], bodyLength: number | undefined): string[] {
  const list: string[] = [];
  let announced = false;
  for (let i = 0; i < headers.length; i += 2) {
    const name = (headers[i] as string).toLowerCase();
    const value = headers[i + 1] as string;
    const kind = nameKind(name);
    if (kind === 'invalid') throw new UnsendableHead('header name', name);
    checkValue(name, value);
    if (ofHttp1.has(name) || (name === 'te' && value !== 'trailers')) continue;
    if (kind !== 'content-length') list.push(name, value);
    else if (bodyLength !== undefined && !announced) {
      list.push(name, String(bodyLength));
      announced = true;
    }
  }
  return list;
}
