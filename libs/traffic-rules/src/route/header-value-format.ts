import type { HeaderValueFormat } from '../decision.js';
import { toBytes } from '../match/bytes.js';
import type { RouteRequest } from '../request.js';

/** What Envoy's header formats can speak of. */
export interface HeaderContext {
  request: Pick<RouteRequest, 'method' | 'scheme' | 'authority' | 'path' | 'headers'>;
  /** Present when response headers are made. */
  response?: { status: number; headers: readonly string[] };
  /** `HTTP/1.1` unless given. */
  protocol?: string;
  /** `ip:port` of the client. */
  downstreamAddress?: string;
  /** `ip:port` of the endpoint. */
  upstreamHost?: string;
  upstreamCluster?: string;
  startTime?: Date;
}

type Command = (context: HeaderContext, argument: string) => string | undefined;

const downstream: Command = ({ downstreamAddress }) => downstreamAddress;
const downstreamIp: Command = ({ downstreamAddress }) => withoutPort(downstreamAddress);
const downstreamPort: Command = ({ downstreamAddress }) => portOf(downstreamAddress);
const upstream: Command = ({ upstreamHost }) => upstreamHost;
const nothing: Command = () => undefined;

/** Envoy's commands (its access log's), as far as an outbound HTTP request without TLS or filters can fill them. */
const commands: Readonly<Record<string, Command>> = {
  REQ: ({ request }, argument) => namedHeader(argument, (name) => requestHeader(request, name)),
  RESP: ({ response }, argument) =>
    namedHeader(argument, (name) =>
      name === ':status' ? response?.status.toString() : findHeader(response?.headers ?? [], name),
    ),
  TRAILER: nothing,
  PROTOCOL: ({ protocol }) => protocol ?? 'HTTP/1.1',
  START_TIME: ({ startTime }) => startTime?.toISOString(),
  RESPONSE_CODE: ({ response }) => response?.status.toString(),
  RESPONSE_CODE_DETAILS: nothing,
  RESPONSE_FLAGS: nothing,
  UPSTREAM_HOST: upstream,
  UPSTREAM_REMOTE_ADDRESS: upstream,
  UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT: ({ upstreamHost }) => withoutPort(upstreamHost),
  UPSTREAM_REMOTE_PORT: ({ upstreamHost }) => portOf(upstreamHost),
  UPSTREAM_LOCAL_ADDRESS: nothing,
  UPSTREAM_CLUSTER: ({ upstreamCluster }) => upstreamCluster,
  UPSTREAM_METADATA: nothing,
  DYNAMIC_METADATA: nothing,
  CLUSTER_METADATA: nothing,
  FILTER_STATE: nothing,
  PER_REQUEST_STATE: nothing,
  DOWNSTREAM_REMOTE_ADDRESS: downstream,
  DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT: downstreamIp,
  DOWNSTREAM_REMOTE_PORT: downstreamPort,
  DOWNSTREAM_DIRECT_REMOTE_ADDRESS: downstream,
  DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT: downstreamIp,
  DOWNSTREAM_DIRECT_REMOTE_PORT: downstreamPort,
  DOWNSTREAM_LOCAL_ADDRESS: nothing,
  DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT: nothing,
  DOWNSTREAM_LOCAL_PORT: nothing,
  DOWNSTREAM_TLS_VERSION: nothing,
  DOWNSTREAM_TLS_CIPHER: nothing,
  DOWNSTREAM_PEER_URI_SAN: nothing,
  DOWNSTREAM_PEER_SUBJECT: nothing,
  DOWNSTREAM_PEER_ISSUER: nothing,
  DOWNSTREAM_PEER_CERT: nothing,
  DOWNSTREAM_LOCAL_SUBJECT: nothing,
  DOWNSTREAM_LOCAL_URI_SAN: nothing,
  CONNECTION_ID: nothing,
  STREAM_ID: nothing,
  REQUESTED_SERVER_NAME: nothing,
  ROUTE_NAME: nothing,
  VIRTUAL_CLUSTER_NAME: nothing,
  BYTES_RECEIVED: nothing,
  BYTES_SENT: nothing,
  DURATION: nothing,
  REQUEST_DURATION: nothing,
  RESPONSE_DURATION: nothing,
  HOSTNAME: nothing,
  ENVIRONMENT: nothing,
};

const part = /%%|%([A-Z0-9_]+)(?:\(([^)]*)\))?(?::(\d+))?%/g;

/** Splits a value into literal bytes and commands; `%%` is a percent sign. */
export function parseHeaderValue(value: string): HeaderValueFormat {
  const format: Array<HeaderValueFormat[number]> = [];
  let literal = '';
  let end = 0;
  for (const match of value.matchAll(part)) {
    literal += value.slice(end, match.index);
    end = match.index + match[0].length;
    const [, command, argument = '', maxLength] = match;
    if (command === undefined) {
      literal += '%';
      continue;
    }
    if (literal !== '') format.push(toBytes(literal));
    literal = '';
    format.push({ command, argument, ...(maxLength !== undefined && { maxLength: Number(maxLength) }) });
  }
  literal += value.slice(end);
  if (literal !== '') format.push(toBytes(literal));
  return format;
}

/** The commands of a header value that Envoy does not know: with one of them it refuses the whole table. */
export function unknownCommands(value: string): string[] {
  return parseHeaderValue(value).flatMap((piece) =>
    typeof piece === 'string' || Object.hasOwn(commands, piece.command) ? [] : [piece.command],
  );
}

/** The value as bytes; a command with nothing to say is empty text. */
export function formatHeaderValue(format: HeaderValueFormat, context: HeaderContext): string {
  let value = '';
  for (const piece of format) {
    if (typeof piece === 'string') {
      value += piece;
      continue;
    }
    const text = (Object.hasOwn(commands, piece.command) ? commands[piece.command] : nothing)?.(
      context,
      piece.argument,
    );
    value += piece.maxLength === undefined ? (text ?? '') : (text ?? '').slice(0, piece.maxLength);
  }
  return value;
}

/** `name` or `name?alternative`. */
function namedHeader(argument: string, find: (name: string) => string | undefined): string | undefined {
  const [main = '', alternative] = argument.toLowerCase().split('?');
  return find(main) ?? (alternative === undefined ? undefined : find(alternative));
}

function requestHeader(request: HeaderContext['request'], name: string): string | undefined {
  switch (name) {
    case ':method':
      return request.method;
    case ':scheme':
      return request.scheme;
    case ':path':
      return request.path;
    case ':authority':
    case 'host':
      return request.authority;
    default:
      return findHeader(request.headers, name);
  }
}

function findHeader(headers: readonly string[], name: string): string | undefined {
  for (let index = 0; index + 1 < headers.length; index += 2) {
    if (headers[index]?.toLowerCase() === name) return headers[index + 1];
  }
  return undefined;
}

function withoutPort(address: string | undefined): string | undefined {
  return address?.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
}

function portOf(address: string | undefined): string | undefined {
  return address?.match(/:(\d+)$/)?.[1];
}
