import { inlineResponseHeaders, joinLines } from '@grayscale/traffic-rules';
import { type HeaderList, valueIndex } from '../message/header-list.js';
import { hopByHop } from './hop-by-hop.js';

/** What a sidecar calls itself in its answers, and a gateway (recorded: `gateway-no-servers-http10`). */
export type ServerName = 'envoy' | 'istio-envoy';

const serviceTime = 'x-envoy-upstream-service-time';
/** What Envoy takes out of an answer below 400 to a request to change the protocol: it has no body then. */
const ofDeclinedUpgrade: ReadonlySet<string> = new Set([
  ...[...hopByHop].filter((name) => name !== 'keep-alive'),
  'content-length',
  'content-type',
]);

/**
 * An upstream's headers as Envoy passes them on: lower-case names, repeated lines of inline headers joined, `server` its own.
 * @param serviceTimeMs how long the upstream took; undefined: not told
 */
export function downstreamHeaders(headers: HeaderList, serviceTimeMs: number | undefined): string[] {
  const list = headersWithout(hopByHop, headers);
  if (serviceTimeMs !== undefined) setHeader(list, serviceTime, String(serviceTimeMs));
  return list;
}

/** Those of an answer below 400 to a request to change the protocol. */
export function declinedUpgradeHeaders(headers: HeaderList): string[] {
  return headersWithout(ofDeclinedUpgrade, headers);
}

function headersWithout(dropped: ReadonlySet<string>, { raw, names }: HeaderList): string[] {
  const list: string[] = [];
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string;
    if (dropped.has(name)) continue;
    const value = raw[2 * i + 1] as string;
    const first = inlineResponseHeaders.has(name) ? valueIndex(list, name) : 0;
    if (first > 0) list[first] = joinLines(list[first] as string, value);
    else list.push(name, value);
  }
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

/** Those of a 101, as they stand there; `upgrade` and `connection` are what it is about. */
export function upgradeHeaders({ raw, names }: HeaderList): string[] {
  const list: string[] = [];
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string;
    const isUpgrade = name === 'connection' || name === 'upgrade';
    if (isUpgrade || !hopByHop.has(name)) list.push(name, raw[2 * i + 1] as string);
  }
  return list;
}

/** The last two headers that Envoy writes, whatever the server or a rule says of itself; a date that is there stays. */
export function withDateAndServer(list: string[], serverName: ServerName): string[] {
  if (valueIndex(list, 'date') === 0) list.push('date', httpDate());
  setHeader(list, 'server', serverName);
  return list;
}

export function hasHeader(list: readonly string[], name: string): boolean {
  return valueIndex(list, name) > 0;
}

/** Sets a header where it stands, or at the end. */
export function setHeader(list: string[], name: string, value: string): void {
  const index = valueIndex(list, name);
  if (index > 0) list[index] = value;
  else list.push(name, value);
}

export function removeHeader(list: string[], name: string): void {
  for (let i = list.length - 2; i >= 0; i -= 2) if (list[i] === name) list.splice(i, 2);
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
