import { finished, pipeline, Readable, Transform } from 'node:stream';
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { AxiosError, type AxiosHeaders, type InternalAxiosRequestConfig } from 'axios';
import type { Deadline } from './deadline.js';
import type { Exchange, RawResponse } from './exchange.js';
import { cutShort } from './failure.js';

// Forgiving at the end of the data, as axios is: some servers leave the checksum out.
const ZLIB = { flush: zlib.constants.Z_SYNC_FLUSH, finishFlush: zlib.constants.Z_SYNC_FLUSH };
const BROTLI = {
  flush: zlib.constants.BROTLI_OPERATION_FLUSH,
  finishFlush: zlib.constants.BROTLI_OPERATION_FLUSH,
};

type Limit = { maxOutputLength?: number };

/** A content coding: the stages that decode a stream of it, and how to decode the whole of it. */
interface Decoder {
  stages(): Transform[];
  whole(data: Buffer, limit: Limit): Promise<Buffer>;
}

const unzip = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.unzip);
const brotli = promisify<Buffer, zlib.BrotliOptions, Buffer>(zlib.brotliDecompress);

/** Adds a missing header of zlib in front of a stream. */
class ZlibHeader extends Transform {
  private started = false;

  override _transform(
    chunk: Buffer,
    _encoding: BufferEncoding,
    done: (error: null, data: Buffer) => void,
  ): void {
    done(null, this.started ? chunk : withZlibHeader(chunk));
    this.started = true;
  }
}

const GZIP: Decoder = {
  stages: () => [zlib.createUnzip(ZLIB)],
  whole: (data, limit) => unzip(data, { ...ZLIB, ...limit }),
};

/** Some servers send deflated data bare, without zlib's header, whose first byte ends in 8. */
const DEFLATE: Decoder = {
  stages: () => [new ZlibHeader(), ...GZIP.stages()],
  whole: (data, limit) => GZIP.whole(withZlibHeader(data), limit),
};

const DECODERS: Readonly<Record<string, Decoder>> = {
  gzip: GZIP,
  'x-gzip': GZIP,
  compress: GZIP,
  'x-compress': GZIP,
  deflate: DEFLATE,
  br: {
    stages: () => [zlib.createBrotliDecompress(BROTLI)],
    whole: (data, limit) => brotli(data, { ...BROTLI, ...limit }),
  },
};

function withZlibHeader(data: Buffer): Buffer {
  return ((data[0] ?? 8) & 0x0f) === 8 ? data : Buffer.concat([Buffer.from([0x78, 0x9c]), data]);
}

/** The body in the form that `responseType` asks for, decoded, and no longer than `maxContentLength`. */
export async function readBody(
  raw: RawResponse,
  headers: AxiosHeaders,
  exchange: Exchange,
  deadline: Deadline,
): Promise<unknown> {
  const { config } = exchange;
  const decoder = takeDecoder(raw, headers, exchange);
  if (config.responseType === 'stream') return streamBody(raw, decoder, config, deadline);
  const data = await collectBody(raw, decoder, config);
  return config.responseType === 'arraybuffer' ? data : decodeText(data, config.responseEncoding);
}

function takeDecoder(
  raw: RawResponse,
  headers: AxiosHeaders,
  { config, method }: Exchange,
): Decoder | undefined {
  const coding = raw.headers['content-encoding'];
  if (coding === undefined || config.decompress === false) return undefined;
  const empty = method === 'HEAD' || raw.status === 204;
  const decoder = empty ? undefined : DECODERS[String(coding).toLowerCase()];
  // What the header says is no longer true of the data handed on.
  if (empty || decoder !== undefined) headers.delete('content-encoding');
  return decoder;
}

async function collectBody(
  raw: RawResponse,
  decoder: Decoder | undefined,
  config: InternalAxiosRequestConfig,
): Promise<Buffer> {
  const limit = config.maxContentLength ?? -1;
  const data = await raw.body
    .collect(limit, () => tooLong(config))
    .catch((error: unknown) => Promise.reject(cutShort(error, config)));
  if (decoder === undefined || data.length === 0) return data;
  try {
    return await decoder.whole(data, limit >= 0 ? { maxOutputLength: Math.max(limit, 1) } : {});
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? tooLong(config) : error;
  }
}

function streamBody(
  raw: RawResponse,
  decoder: Decoder | undefined,
  config: InternalAxiosRequestConfig,
  deadline: Deadline,
): Readable {
  const source = raw.body.stream();
  finished(source, () => deadline.release());
  const decoded = decoder === undefined ? source : through(source, decoder.stages());
  const limit = config.maxContentLength ?? -1;
  return limit < 0 ? decoded : Readable.from(atMost(limit, decoded, config), { objectMode: false });
}

function through(source: Readable, stages: Transform[]): Readable {
  return stages.reduce<Readable>((from, stage) => pipeline(from, stage, () => undefined), source);
}

async function* atMost(limit: number, source: Readable, config: InternalAxiosRequestConfig) {
  let size = 0;
  for await (const chunk of source) {
    size += chunk.length;
    if (size > limit) throw tooLong(config);
    yield chunk;
  }
}

function tooLong(config: InternalAxiosRequestConfig): AxiosError {
  const message = `maxContentLength size of ${config.maxContentLength} exceeded`;
  return new AxiosError(message, AxiosError.ERR_BAD_RESPONSE, config);
}

function decodeText(data: Buffer, encoding: string | undefined): string {
  const decoded = data.toString((encoding ?? 'utf8') as BufferEncoding);
  const isUtf8 = encoding === undefined || encoding === 'utf8';
  return isUtf8 && decoded.charCodeAt(0) === 0xfeff ? decoded.slice(1) : decoded;
}
