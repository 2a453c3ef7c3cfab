import type { RouteRequest } from '../request.js';
import { type HeaderValueFormat, parseHeaderValue } from './header-value-syntax.js';

/** What Envoy's header formats can refer to. */
export interface HeaderContext {
  request: Pick<RouteRequest, 'method' | 'scheme' | 'authority' | 'path' | 'headers'>;
  /** Present when response headers are made. */
  response?: { status: number; headers: readonly string[] };
  /** `HTTP/1.1` unless given. */
  protocol?: string;
  /** `ip:port` of the client. */
  downstreamAddress?: string;
  /** `ip:port` of the endpoint. */
  upstreamHost?: string | undefined;
  upstreamCluster?: string | undefined;
  startTime?: Date;
}

type Command = (context: HeaderContext, argument: string) => string | undefined;

const downstream: Command = ({ downstreamAddress }) => downstreamAddress;
const downstreamIp: Command = ({ downstreamAddress }) => withoutPort(downstreamAddress);
const downstreamPort: Command = ({ downstreamAddress }) => portOf(downstreamAddress);
const upstream: Command = ({ upstreamHost }) => upstreamHost;

/** Envoy's commands (its access log's), as far as an outbound HTTP request without TLS or filters can fill them. */
const commands: Readonly<Record<string, Command>> = {
  REQ: ({ request }, argument) => namedHeader(argument, (name) => requestHeader(request, name)),
  RESP: ({ response }, argument) =>
    namedHeader(argument, (name) =>
      name === ':status' ? response?.status.toString() : findHeader(response?.headers ?? [], name),
    ),
  PROTOCOL: ({ protocol }) => protocol ?? 'HTTP/1.1',
  START_TIME: ({ startTime }) => startTime?.toISOString(),
  RESPONSE_CODE: ({ response }) => response?.status.toString(),
  UPSTREAM_HOST: upstream,
  UPSTREAM_REMOTE_ADDRESS: upstream,
  UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT: ({ upstreamHost }) => withoutPort(upstreamHost),
  UPSTREAM_REMOTE_PORT: ({ upstreamHost }) => portOf(upstreamHost),
  UPSTREAM_CLUSTER: ({ upstreamCluster }) => upstreamCluster,
  DOWNSTREAM_REMOTE_ADDRESS: downstream,
  DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT: downstreamIp,
  DOWNSTREAM_REMOTE_PORT: downstreamPort,
  DOWNSTREAM_DIRECT_REMOTE_ADDRESS: downstream,
  DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT: downstreamIp,
  DOWNSTREAM_DIRECT_REMOTE_PORT: downstreamPort,
  QUERY_PARAM: ({ request }, argument) => queryParameter(request.path, argument),
  UPSTREAM_HOST_NAME: upstream,
  UPSTREAM_HOST_NAME_WITHOUT_PORT: ({ upstreamHost }) => withoutPort(upstreamHost),
};

/** Commands that Envoy knows and that have no value for these requests. */
const silent: ReadonlySet<string> = new Set([
  'ACCESS_LOG_TYPE',
  'BYTES_RECEIVED',
  'BYTES_SENT',
  'CLUSTER_METADATA',
  'COMMON_DURATION',
  'CONNECTION_ID',
  'CONNECTION_TERMINATION_DETAILS',
  'CUSTOM_FLAGS',
  'DOWNSTREAM_DIRECT_LOCAL_ADDRESS',
  'DOWNSTREAM_DIRECT_LOCAL_ADDRESS_WITHOUT_PORT',
  'DOWNSTREAM_DIRECT_LOCAL_PORT',
  'DOWNSTREAM_HANDSHAKE_DURATION',
  'DOWNSTREAM_HEADER_BYTES_RECEIVED',
  'DOWNSTREAM_HEADER_BYTES_SENT',
  'DOWNSTREAM_LOCAL_ADDRESS',
  'DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT',
  'DOWNSTREAM_LOCAL_CLOSE_REASON',
  'DOWNSTREAM_LOCAL_DNS_SAN',
  'DOWNSTREAM_LOCAL_IP_SAN',
  'DOWNSTREAM_LOCAL_PORT',
  'DOWNSTREAM_LOCAL_SUBJECT',
  'DOWNSTREAM_LOCAL_URI_SAN',
  'DOWNSTREAM_PEER_CERT',
  'DOWNSTREAM_PEER_CERT_V_END',
  'DOWNSTREAM_PEER_CERT_V_START',
  'DOWNSTREAM_PEER_DNS_SAN',
  'DOWNSTREAM_PEER_FINGERPRINT_1',
  'DOWNSTREAM_PEER_FINGERPRINT_256',
  'DOWNSTREAM_PEER_IP_SAN',
  'DOWNSTREAM_PEER_ISSUER',
  'DOWNSTREAM_PEER_SERIAL',
  'DOWNSTREAM_PEER_SUBJECT',
  'DOWNSTREAM_PEER_URI_SAN',
  'DOWNSTREAM_TLS_CIPHER',
  'DOWNSTREAM_TLS_SESSION_ID',
  'DOWNSTREAM_TLS_VERSION',
  'DOWNSTREAM_TRANSPORT_FAILURE_REASON',
  'DOWNSTREAM_WIRE_BYTES_RECEIVED',
  'DOWNSTREAM_WIRE_BYTES_SENT',
  'DURATION',
  'DYNAMIC_METADATA',
  'EMIT_TIME',
  'EMIT_TIME_LOCAL',
  'ENVIRONMENT',
  'FILTER_CHAIN_NAME',
  'FILTER_STATE',
  'GRPC_STATUS',
  'GRPC_STATUS_NUMBER',
  'HOSTNAME',
  'LOCAL_REPLY_BODY',
  'METADATA',
  'PATH',
  'PER_REQUEST_STATE',
  'QUERY_PARAMS',
  'REQUESTED_SERVER_NAME',
  'REQUEST_DURATION',
  'REQUEST_HEADERS_BYTES',
  'REQUEST_TX_DURATION',
  'RESPONSE_CODE_DETAILS',
  'RESPONSE_DURATION',
  'RESPONSE_FLAGS',
  'RESPONSE_FLAGS_LONG',
  'RESPONSE_HEADERS_BYTES',
  'RESPONSE_TRAILERS_BYTES',
  'RESPONSE_TX_DURATION',
  'ROUNDTRIP_DURATION',
  'ROUTE_NAME',
  'SPAN_ID',
  'START_TIME_LOCAL',
  'STREAM_ID',
  'TLS_JA3_FINGERPRINT',
  'TLS_JA4_FINGERPRINT',
  'TRACE_ID',
  'TRAILER',
  'UNIQUE_ID',
  'UPSTREAM_CLUSTER_RAW',
  'UPSTREAM_CONNECTION_ID',
  'UPSTREAM_FILTER_STATE',
  'UPSTREAM_HEADER_BYTES_RECEIVED',
  'UPSTREAM_HEADER_BYTES_SENT',
  'UPSTREAM_LOCAL_ADDRESS',
  'UPSTREAM_LOCAL_ADDRESS_WITHOUT_PORT',
  'UPSTREAM_LOCAL_PORT',
  'UPSTREAM_LOCAL_SUBJECT',
  'UPSTREAM_LOCAL_URI_SAN',
  'UPSTREAM_METADATA',
  'UPSTREAM_PEER_CERT',
  'UPSTREAM_PEER_ISSUER',
  'UPSTREAM_PEER_SUBJECT',
  'UPSTREAM_PEER_URI_SAN',
  'UPSTREAM_PROTOCOL',
  'UPSTREAM_REQUEST_ATTEMPT_COUNT',
  'UPSTREAM_TLS_CIPHER',
  'UPSTREAM_TLS_SESSION_ID',
  'UPSTREAM_TLS_VERSION',
  'UPSTREAM_TRANSPORT_FAILURE_REASON',
  'UPSTREAM_WIRE_BYTES_RECEIVED',
  'UPSTREAM_WIRE_BYTES_SENT',
  'VIRTUAL_CLUSTER_NAME',
]);

/** The commands of a header value that Envoy does not know: with one of them it refuses the whole table. */
export function unknownCommands(value: string): string[] {
  return parseHeaderValue(value).flatMap((piece) =>
    typeof piece === 'string' || Object.hasOwn(commands, piece.command) || silent.has(piece.command)
      ? []
      : [piece.command],
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
    const command = Object.hasOwn(commands, piece.command) ? commands[piece.command] : undefined;
    const text = command?.(context, piece.argument) ?? '';
    value += piece.maxLength === undefined ? text : text.slice(0, piece.maxLength);
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

/** As it stands in the request, the first of that name. */
function queryParameter(path: string, name: string): string | undefined {
  const query = path.indexOf('?');
  if (query < 0) return undefined;
  const found = path
    .slice(query + 1)
    .split('&')
    .find((pair) => pair === name || pair.startsWith(`${name}=`));
  return found?.slice(name.length + 1);
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
