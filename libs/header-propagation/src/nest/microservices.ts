import type { Captured } from '../captured.js';
import { asText } from '../field-value.js';
import type { HeaderPropagation } from '../header-propagation.js';
import { encoded } from '../header-records.js';
import { Reading } from '../reading.js';
import type { IncomingHeaders } from '../rules/rule.js';
import type { TargetAddress } from '../target-address.js';
import { isMissing, missingPackage } from './missing-package.js';

/**
 * What a message over TCP or Redis is: Nest 12 has `metadata` for what travels beside the data, and gives it to
 * `getMetadata()` of the context; Nest 10 and 11 leave it alone.
 */
interface Packet {
  metadata?: Record<string, unknown>;
}

interface Serializer {
  serialize(packet: Packet, ...rest: unknown[]): unknown;
}

interface Deserializer {
  deserialize(value: unknown, ...rest: unknown[]): unknown;
}

interface Client {
  serializer: Serializer;
  readonly host?: string;
  readonly port?: number | string;
  readonly options?: { host?: string; port?: number; path?: string };
}

type Method<T> = (this: T, ...args: unknown[]) => unknown;
type Methods<T> = Record<string, Method<T>>;

const installed = new Set<HeaderPropagation>();
let restore: (() => void) | undefined;

/**
 * Sends the headers on with the clients of Nest's microservices, and captures them where a message arrives: over TCP and
 * Redis as `metadata` of the packet, with gRPC as metadata of the call.
 *
 * @returns undoes it
 */
export async function propagateMicroservices(propagation: HeaderPropagation): Promise<() => void> {
  restore ??= await replaceAll();
  installed.add(propagation);
  return () => {
    if (!installed.delete(propagation) || installed.size > 0) return;
    restore?.();
    restore = undefined;
  };
}

const PACKAGE = '@nestjs/microservices';

async function replaceAll(): Promise<() => void> {
  const nest = (await import('@nestjs/microservices').catch((error) => {
    throw isMissing(error, PACKAGE) ? missingPackage('microservices', PACKAGE) : error;
  })) as unknown as Record<string, { prototype: object }>;
  const grpc = await import('@grpc/grpc-js').catch(() => undefined);
  const undo = [
    ...['ClientTCP', 'ClientRedis'].flatMap((name) =>
      ['publish', 'dispatchEvent'].map((method) => replace<Client>(nest[name], method, sending)),
    ),
    ...['ServerTCP', 'ServerRedis'].map((name) => replace<Server>(nest[name], 'handleMessage', receiving)),
  ];
  if (grpc !== undefined) {
    for (const method of ['createUnaryServiceMethod', 'createStreamServiceMethod']) {
      undo.push(
        replace<GrpcClient>(
          nest.ClientGrpcProxy,
          method,
          calling(() => new grpc.Metadata()),
        ),
      );
    }
  }
  return () => {
    for (const one of undo) one();
  };
}

function replace<T>(
  type: { prototype: object } | undefined,
  name: string,
  around: (original: Method<T>) => Method<T>,
): () => void {
  const methods = type?.prototype as Methods<T> | undefined;
  const original = methods?.[name];
  if (methods === undefined || original === undefined) return () => undefined;
  const replacement = around(original);
  methods[name] = replacement;
  return () => {
    if (methods[name] === replacement) methods[name] = original;
  };
}

const withMetadata = new WeakSet<Serializer>();

function sending(original: Method<Client>): Method<Client> {
  return function (...args) {
    if (!withMetadata.has(this.serializer)) this.serializer = addingMetadata(this);
    return original.apply(this, args);
  };
}

/** A serializer of this client's own: one may be shared by clients of different hosts. */
function addingMetadata(client: Client): Serializer {
  const { serializer } = client;
  const adding = Object.create(serializer) as Serializer;
  adding.serialize = (packet, ...rest) =>
    serializer.serialize({ ...packet, ...metadataFor(client, packet) }, ...rest);
  withMetadata.add(adding);
  return adding;
}

function metadataFor(client: Client, { metadata }: Packet): Packet {
  const carrier = { ...metadata };
  const { host = client.options?.host ?? 'localhost', port = client.options?.port } = client;
  if (client.options?.path !== undefined) return {};
  const target = { host, ...(port === undefined ? {} : { port }) };
  const added = injectAll(target, {
    has: (name) => Object.hasOwn(carrier, name),
    get: (name) => carrier[name],
    set: (name, value) => {
      carrier[name] = typeof value === 'string' ? asText(value) : value.map(asText);
    },
  });
  return added ? { metadata: carrier } : {};
}

/** Whether any of the installed propagations had something for this target. */
function injectAll(
  target: TargetAddress,
  carrier: Parameters<HeaderPropagation['injectInto']>[2] extends () => infer M ? M : never,
): boolean {
  const added = [...installed].map((propagation) =>
    propagation.injectInto(propagation.captured(), target, () => carrier),
  );
  return added.some((one) => one !== undefined);
}

interface Server {
  deserializer: Deserializer;
}

/** A message is handled in a context of its own, which gets its headers as soon as they are known. */
function receiving(original: Method<Server>): Method<Server> {
  return function (...args) {
    if (!takingMetadata.has(this.deserializer)) this.deserializer = capturing(this.deserializer);
    let handle = () => original.apply(this, args);
    for (const propagation of installed) {
      const inner = handle;
      handle = () => propagation.runReading(new Reading(), inner);
    }
    return handle();
  };
}

const takingMetadata = new WeakSet<Deserializer>();

function capturing(deserializer: Deserializer): Deserializer {
  const taking = Object.create(deserializer) as Deserializer;
  taking.deserialize = (value, ...rest) => {
    const contexts = [...installed].map((propagation) => ({ propagation, reading: propagation.reading() }));
    const take = (packet: unknown) => {
      const metadata = (packet as Packet | undefined)?.metadata;
      if (typeof metadata !== 'object' || metadata === null) return packet;
      for (const { propagation, reading } of contexts) reading?.replace(captureOf(propagation, metadata));
      return packet;
    };
    const packet = deserializer.deserialize(value, ...rest);
    return packet instanceof Promise ? packet.then(take) : take(packet);
  };
  takingMetadata.add(taking);
  return taking;
}

function captureOf(propagation: HeaderPropagation, metadata: Record<string, unknown>): Captured {
  const headers = Object.entries(metadata).filter(([, value]) =>
    [value].flat().every((one) => typeof one === 'string'),
  );
  return propagation.extract(encoded(Object.fromEntries(headers) as IncomingHeaders, 'metadata'));
}

interface GrpcClient {
  readonly url?: string;
}

/** The part of grpc-js' `Metadata` that is used. */
interface Metadata {
  get(name: string): unknown[];
  set(name: string, value: string | Buffer): void;
  add(name: string, value: string | Buffer): void;
  clone(): Metadata;
}

/** Puts metadata second among the arguments of a service's method, where grpc-js takes it. */
function calling(create: () => Metadata) {
  return (original: Method<GrpcClient>): Method<GrpcClient> =>
    function (...args) {
      const method = original.apply(this, args) as (...args: unknown[]) => unknown;
      const target = grpcTarget(this.url ?? 'localhost:5000');
      return (data: unknown, ...rest: unknown[]) => {
        if (target === undefined) return method(data, ...rest);
        const given = isMetadata(rest[0]) ? rest[0] : undefined;
        const metadata = given?.clone() ?? create();
        const added = injectAll(target, metadataHeaders(metadata));
        return added ? method(data, metadata, ...rest.slice(given ? 1 : 0)) : method(data, ...rest);
      };
    };
}

function isMetadata(value: unknown): value is Metadata {
  return typeof (value as Metadata | undefined)?.clone === 'function' && 'getMap' in (value as object);
}

/** `dns:///host:port` and plain `host:port`; a Unix socket gets nothing. */
function grpcTarget(url: string): string | undefined {
  const plain = url.replace(/^(?:dns|ipv4|ipv6):(?:\/\/[^/]*\/)?/, '');
  return /^unix/.test(plain) ? undefined : plain;
}

/** gRPC takes bytes under names that end in `-bin`, and printable ASCII under all others. */
function metadataHeaders(metadata: Metadata) {
  return {
    has: (name: string) => metadata.get(name).length > 0,
    get: (name: string) => metadata.get(name)[0],
    set: (name: string, value: string | string[]) => {
      for (const [index, one] of [value].flat().entries()) {
        const binary = name.endsWith('-bin');
        if (!binary && !/^[\x20-\x7e]*$/.test(one)) continue;
        metadata[index === 0 ? 'set' : 'add'](name, binary ? Buffer.from(one, 'base64') : one);
      }
    },
  };
}
