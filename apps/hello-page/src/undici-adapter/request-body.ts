import { pipeline, Readable, Transform } from 'node:stream';
import { AxiosError, type AxiosHeaders, type InternalAxiosRequestConfig } from 'axios';

/** The `form-data` package's objects: streams that know their own headers. */
interface LegacyForm extends Readable {
  getHeaders(): Record<string, string>;
}

/** What axios' core hands to an adapter, as bytes or a stream; sets the headers that go with it. */
export async function encodeBody(
  data: unknown,
  headers: AxiosHeaders,
  config: InternalAxiosRequestConfig,
): Promise<Buffer | Readable | undefined> {
  if (data === null || data === undefined) return undefined;
  if (data instanceof FormData) return encodeForm(data, headers, config);
  if (data instanceof Blob) return encodeBlob(data, headers, config);
  if (data instanceof Readable || isStream(data)) return encodeStream(data as Readable, headers, config);
  const bytes = toBytes(data);
  if (bytes === undefined) {
    const message = 'Data after transformation must be a string, an ArrayBuffer, a Buffer, or a Stream';
    throw new AxiosError(message, AxiosError.ERR_BAD_REQUEST, config);
  }
  headers.setContentLength(bytes.length, false);
  return withinLimit(bytes, config);
}

function toBytes(data: unknown): Buffer | undefined {
  if (Buffer.isBuffer(data)) return data;
  if (typeof data === 'string') return Buffer.from(data);
  if (data instanceof ArrayBuffer) return Buffer.from(data);
  if (ArrayBuffer.isView(data)) return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return data instanceof URLSearchParams ? Buffer.from(data.toString()) : undefined;
}

function withinLimit(bytes: Buffer, config: InternalAxiosRequestConfig): Buffer {
  const limit = config.maxBodyLength ?? -1;
  if (limit >= 0 && bytes.length > limit) throw tooLarge(config);
  return bytes;
}

/** A web FormData: `Response` writes its parts and the boundary. */
function encodeForm(form: FormData, headers: AxiosHeaders, config: InternalAxiosRequestConfig): Readable {
  const encoded = new Response(form);
  headers.setContentType(encoded.headers.get('content-type'));
  return limited(Readable.fromWeb(encoded.body as import('node:stream/web').ReadableStream), config);
}

async function encodeBlob(
  blob: Blob,
  headers: AxiosHeaders,
  config: InternalAxiosRequestConfig,
): Promise<Buffer> {
  headers.setContentType(blob.type || 'application/octet-stream', false);
  headers.setContentLength(blob.size);
  return withinLimit(Buffer.from(await blob.arrayBuffer()), config);
}

function encodeStream(stream: Readable, headers: AxiosHeaders, config: InternalAxiosRequestConfig): Readable {
  if (isLegacyForm(stream)) headers.set(stream.getHeaders());
  // form-data's streams are of the old kind, which undici does not take.
  const modern = stream instanceof Readable ? stream : new Readable().wrap(stream);
  return limited(modern, config);
}

/** Counts what is sent, where there is a limit. */
function limited(stream: Readable, config: InternalAxiosRequestConfig): Readable {
  const limit = config.maxBodyLength ?? -1;
  if (limit < 0) return stream;
  let size = 0;
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      if (size > limit) done(tooLarge(config));
      else done(null, chunk);
    },
  });
  return pipeline(stream, counter, () => undefined);
}

function isStream(data: unknown): data is Readable {
  return typeof data === 'object' && data !== null && 'pipe' in data && typeof data.pipe === 'function';
}

function isLegacyForm(stream: Readable): stream is LegacyForm {
  return 'getHeaders' in stream && typeof stream.getHeaders === 'function';
}

function tooLarge(config: InternalAxiosRequestConfig): AxiosError {
  return new AxiosError('Request body larger than maxBodyLength limit', AxiosError.ERR_BAD_REQUEST, config);
}
