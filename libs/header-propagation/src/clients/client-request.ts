import type { ClientRequest } from 'node:http';
import type { Captured } from '../captured.js';
import type { HeaderPropagation } from '../header-propagation.js';
import { type Added, type RemovableHeaders, removeHeaders } from '../inject.js';
import type { TargetAddress } from '../target-address.js';

/** What one propagation captured of the request at hand. */
export interface Source {
  readonly propagation: HeaderPropagation;
  readonly captured: Captured;
}

/** What Node calls on itself to write the head: `end`, `write`, `flushHeaders` and `pipe` all come by here, once. */
interface Writer {
  _implicitHeader?: () => void;
  /** The head as text, once it is written; its being set is what locks the headers. */
  _header?: string | null;
}

/**
 * Adds headers when the head is written, and takes them off again when it is: what the application set until then wins,
 * and whoever reads the request finds the application's own headers.
 */
export function addWhileWritten(
  request: ClientRequest,
  sources: readonly Source[],
  receiverOf: (request: ClientRequest) => TargetAddress | undefined,
): ClientRequest {
  const writer = request as Writer;
  const write = writer._implicitHeader;
  const add = () => addTo(request, sources, receiverOf(request));
  // A stand-in of a test may write in a way of its own.
  if (typeof write !== 'function' || request.headersSent) add();
  else {
    writer._implicitHeader = () => {
      delete writer._implicitHeader;
      const before = request.getHeader('baggage');
      const added = add();
      write.call(request);
      hideFromReaders(request, added, before);
    };
  }
  return request;
}

function addTo(
  request: ClientRequest,
  sources: readonly Source[],
  target: TargetAddress | undefined,
): Added[] {
  if (target === undefined || request.headersSent) return [];
  return sources
    .map(({ propagation, captured }) => propagation.injectInto(captured, target, () => methodsOf(request)))
    .filter((added) => added !== undefined);
}

function methodsOf(request: ClientRequest): RemovableHeaders {
  return {
    has: (name) => request.hasHeader(name),
    get: (name) => request.getHeader(name),
    set: (name, value) => request.setHeader(name, value),
    delete: (name) => request.removeHeader(name),
  };
}

/** Takes what was added off a request whose head is written: the text stays as it is. */
export function hideFromReaders(
  request: ClientRequest,
  added: readonly Added[],
  baggage: ReturnType<ClientRequest['getHeader']> = undefined,
): void {
  const writer = request as Writer;
  const head = writer._header;
  if (added.length === 0 || typeof head !== 'string') return;
  writer._header = null;
  for (const one of added) removeHeaders(one, methodsOf(request));
  if (baggage !== undefined) request.setHeader('baggage', baggage);
  writer._header = head;
}
