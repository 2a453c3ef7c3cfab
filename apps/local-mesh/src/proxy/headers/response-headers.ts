import { STATUS_CODES } from 'node:http';
import type { HeaderList } from '../http1/syntax.js';
import { hopByHop } from './hop-by-hop.js';

/** An upstream's headers as Envoy passes them on: lower-case names, `server` its own, how long the upstream took. */
export function downstreamHeaders({ raw, names }: HeaderList, serviceTimeMs: number): string[] {
  const list: string[] = [];
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string;
    if (hopByHop.has(name) || name === 'x-envoy-upstream-service-time') continue;
    list.push(name, name === 'server' ? 'envoy' : (raw[2 * i + 1] as string));
  }
  list.push('x-envoy-upstream-service-time', String(serviceTimeMs));
  return list;
}

/** Where no HTTP listener is: the headers as the server spelt them. */
export function untouchedResponseHeaders({ raw, names }: HeaderList): string[] {
  const list: string[] = [];
  for (let i = 0; i < names.length; i++) {
    if (!hopByHop.has(names[i] as string)) list.push(raw[2 * i] as string, raw[2 * i + 1] as string);
  }
  return list;
}

/** Those of a 101. */
export function upgradeHeaders(headers: HeaderList): string[] {
  const list = untouchedResponseHeaders(headers);
  for (let i = 0; i < list.length; i += 2) list[i] = (list[i] as string).toLowerCase();
  if (hasHeader(list, 'server')) setHeader(list, 'server', 'envoy');
  return withDateAndServer(list);
}

/** The last two headers that Envoy adds, where they are missing. */
export function withDateAndServer(list: string[]): string[] {
  if (!hasHeader(list, 'date')) list.push('date', httpDate());
  if (!hasHeader(list, 'server')) list.push('server', 'envoy');
  return list;
}

export function statusLine(status: number): string {
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Unknown'}\r\n`;
}

export function hasHeader(list: readonly string[], name: string): boolean {
  for (let i = 0; i < list.length; i += 2) if (list[i] === name) return true;
  return false;
}

/** Sets a header where it stands, or at the end. */
export function setHeader(list: string[], name: string, value: string): void {
  for (let i = 0; i < list.length; i += 2) {
    if (list[i] !== name) continue;
    list[i + 1] = value;
    return;
  }
  list.push(name, value);
}

let dateText = '';
let dateSecond = 0;

/** The date header, made once a second. */
function httpDate(): string {
  const second = Math.floor(Date.now() / 1000);
  if (second !== dateSecond) {
    dateSecond = second;
    dateText = new Date(second * 1000).toUTCString();
  }
  return dateText;
}
