import { inlineHeaders, joinLines } from '../inline-headers.js';
import type { RouteRequest } from '../request.js';
import { internalHeaders } from './internal-headers.js';

/** How a header that stands on several lines is compared: line by line, inline headers apart (Envoy since 1.39), or always joined with commas. */
export type RepeatedHeaders = 'each' | 'joined';

/** Headers that a sidecar drops before it looks for a route: those of the connection, and Envoy's own settings. */
const dropped: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  ...internalHeaders,
]);

/** Headers that it adds before, where the client sent none: such a rule sees them on every request. */
export const addedBeforeRouting: ReadonlySet<string> = new Set(['x-forwarded-proto', 'x-request-id']);

/** Stands for the random UUID of a request without an `x-request-id`; a proxy makes the real one before it asks for a route. */
const someRequestId = '00000000-0000-4000-8000-000000000000';

/** A request as the conditions of rules look at it: path normalized, query apart, header values trimmed. */
export class RequestView {
  readonly request: RouteRequest;
  /** Normalized path with the query. */
  readonly target: string;
  /** Normalized path without the query. */
  readonly path: string;
  readonly #repeatedHeaders: RepeatedHeaders;
  #connectionOptions: ReadonlySet<string> | undefined;

  constructor(request: RouteRequest, target: string, repeatedHeaders: RepeatedHeaders) {
    this.request = request;
    this.target = target;
    const query = target.indexOf('?');
    this.path = query < 0 ? target : target.slice(0, query);
    this.#repeatedHeaders = repeatedHeaders;
  }

  /** The values of a header, of a pseudo header (`:path`) or of `host`; undefined when absent. */
  headerValues(name: string): readonly string[] | undefined {
    if (name.startsWith(':') || name === 'host') return this.#pseudoHeader(name);
    let values = this.#lines(name);
    if (values !== undefined && values.length > 1) values = this.#combined(name, values);
    // An empty request id is replaced, as a missing one is (recorded: `http-request-id-match`).
    return values === undefined || (name === 'x-request-id' && values[0] === '') ? this.#added(name) : values;
  }

  /** Every line of a header that a sidecar has not dropped before it looks for a route. */
  #lines(name: string): string[] | undefined {
    if (dropped.has(name)) return undefined;
    let values: string[] | undefined;
    const { headers } = this.request;
    for (let index = 0; index + 1 < headers.length; index += 2) {
      if (!isNamed(headers[index] as string, name)) continue;
      const value = trimBlanks(headers[index + 1] as string);
      if (values === undefined) values = [value];
      else values.push(value);
    }
    if (values === undefined || this.#isOfConnection(name)) return undefined;
    // Of all that `te` may say, Envoy keeps this alone.
    if (name === 'te') return values.some(acceptsTrailers) ? ['trailers'] : undefined;
    return values;
  }

  /** Whether it goes with the connection: `upgrade` unless the client asks for it there, and what `connection` names. */
  #isOfConnection(name: string): boolean {
    this.#connectionOptions ??= connectionOptions(this.request.headers);
    return this.#connectionOptions.has(name) !== (name === 'upgrade');
  }

  /** The raw value of the first parameter of that raw name; only `&` separates, nothing is decoded. */
  queryParameter(name: string): string | undefined {
    let start = this.path.length + 1;
    while (start <= this.target.length) {
      const ampersand = this.target.indexOf('&', start);
      const end = ampersand < 0 ? this.target.length : ampersand;
      const equals = this.target.indexOf('=', start);
      const nameEnd = equals < 0 || equals > end ? end : equals;
      if (nameEnd - start === name.length && this.target.startsWith(name, start)) {
        return this.target.slice(Math.min(nameEnd + 1, end), end);
      }
      start = end + 1;
    }
    return undefined;
  }

  #combined(name: string, values: string[]): string[] {
    if (inlineHeaders.has(name)) return [values.reduce(joinLines)];
    return this.#repeatedHeaders === 'joined' ? [values.join(',')] : values;
  }

  #added(name: string): readonly string[] | undefined {
    if (!addedBeforeRouting.has(name)) return undefined;
    return [name === 'x-request-id' ? someRequestId : this.request.scheme];
  }

  #pseudoHeader(name: string): readonly string[] | undefined {
    switch (name) {
      case ':method':
        return [this.request.method];
      case ':authority':
      case 'host':
        return [this.request.authority];
      case ':path':
        return [this.target];
      case ':scheme':
        return [this.request.scheme];
      default:
        return undefined;
    }
  }
}

const noOptions: ReadonlySet<string> = new Set();

/** What the `connection` header lists, in lower case. */
function connectionOptions(headers: readonly string[]): ReadonlySet<string> {
  let options: Set<string> | undefined;
  for (let index = 0; index + 1 < headers.length; index += 2) {
    if (!isNamed(headers[index] as string, 'connection')) continue;
    options ??= new Set();
    for (const option of (headers[index + 1] as string).split(','))
      options.add(trimBlanks(option).toLowerCase());
  }
  return options ?? noOptions;
}

function acceptsTrailers(te: string): boolean {
  return te.split(',').some((coding) => trimBlanks(coding).toLowerCase() === 'trailers');
}

/** @param name in lower case */
function isNamed(candidate: string, name: string): boolean {
  return candidate.length === name.length && (candidate === name || candidate.toLowerCase() === name);
}

/** Without the blanks and tabs around it, as HTTP reads a field value. */
export function trimBlanks(value: string): string {
  let start = 0;
  let end = value.length;
  while (start < end && isBlank(value.charCodeAt(start))) start++;
  while (end > start && isBlank(value.charCodeAt(end - 1))) end--;
  return start === 0 && end === value.length ? value : value.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
