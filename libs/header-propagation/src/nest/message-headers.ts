import type { ExecutionContext } from '@nestjs/common';
import { upgradeHeaders } from './gateways.js';

type HeaderRecord = Record<string, string | readonly string[]>;

/**
 * The headers of a message, wherever its transport keeps them: gRPC metadata, NATS headers, Kafka and RabbitMQ
 * message headers, MQTT 5 user properties, a gateway client's handshake or upgrade request. Undefined for HTTP and
 * for transports that have none (TCP, Redis).
 */
export function messageHeaders(context: ExecutionContext): HeaderRecord | undefined {
  if (context.getType() === 'rpc') return normalize(rpcHeaders(context.switchToRpc().getContext()));
  if (context.getType() === 'ws') return normalize(clientHeaders(context.switchToWs().getClient()));
  return undefined;
}

/** The parts of the transports' contexts that hold headers; each has one of them. */
interface RpcContext {
  /** NATS (`MsgHdrs`) */
  getHeaders?(): unknown;
  /** Kafka (`message.headers`), RabbitMQ (`message.properties.headers`) */
  getMessage?(): { headers?: unknown; properties?: { headers?: unknown } } | undefined;
  /** MQTT */
  getPacket?(): { properties?: { userProperties?: unknown } } | undefined;
  /** gRPC (`Metadata`) */
  getMap?(): unknown;
}

function rpcHeaders(context: RpcContext | undefined): unknown {
  if (context === undefined || context === null) return undefined;
  const message = context.getMessage?.();
  return (
    context.getMap?.() ??
    context.getHeaders?.() ??
    message?.headers ??
    message?.properties?.headers ??
    context.getPacket?.()?.properties?.userProperties
  );
}

interface WebSocketClient {
  /** socket.io */
  handshake?: { headers?: unknown };
  /** ws, where the application keeps the upgrade request on the client itself */
  upgradeReq?: { headers?: unknown };
}

function clientHeaders(client: WebSocketClient | undefined): unknown {
  return client?.handshake?.headers ?? client?.upgradeReq?.headers ?? upgradeHeaders(client);
}

function normalize(headers: unknown): HeaderRecord | undefined {
  if (typeof headers !== 'object' || headers === null) return undefined;
  const record: HeaderRecord = {};
  for (const [name, value] of entriesOf(headers)) {
    const texts = (Array.isArray(value) ? value : [value])
      .map((one) => textOf(name, one))
      .filter((text) => text !== undefined);
    const [first] = texts;
    if (first !== undefined) record[name.toLowerCase()] = texts.length === 1 ? first : texts;
  }
  return record;
}

function entriesOf(headers: object): Iterable<[string, unknown]> {
  return Symbol.iterator in headers ? (headers as Iterable<[string, unknown]>) : Object.entries(headers);
}

/** Kafka and gRPC give bytes: each is one character of a field value. gRPC's binary metadata is base64 on the wire. */
function textOf(name: string, value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return Buffer.isBuffer(value) ? value.toString(name.endsWith('-bin') ? 'base64' : 'latin1') : undefined;
}
