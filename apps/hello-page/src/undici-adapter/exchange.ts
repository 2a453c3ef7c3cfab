import type { Readable } from 'node:stream';
import type { InternalAxiosRequestConfig } from 'axios';
import type { Dispatcher } from 'undici';
import type { Deadline } from './deadline.js';
import { IncomingBody } from './incoming-body.js';
import { foldHeaders } from './response-headers.js';
import type { Routes } from './routes.js';

/** Header lines to send: a name with several values is several lines. */
export type OutgoingHeaderLines = Record<string, unknown>;

/** One request as it goes over the wire. A redirect makes another one. */
export interface Exchange {
  readonly config: InternalAxiosRequestConfig;
  readonly method: string;
  readonly url: URL;
  readonly headers: OutgoingHeaderLines;
  readonly body: Buffer | Readable | undefined;
}

/** The head of an answer, and its body that is still arriving. */
export interface RawResponse {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Record<string, string | string[]>;
  readonly body: IncomingBody;
}

/** Sends a request and waits for the head of its answer. */
export function startExchange(exchange: Exchange, routes: Routes, deadline: Deadline): Promise<RawResponse> {
  return new Promise((resolve, reject) => {
    const hop = routes.hopTo(exchange.url, exchange.config);
    const body = new IncomingBody();
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart: (controller) => {
        body.attach(controller);
        deadline.guard((reason) => controller.abort(reason));
      },
      onResponseStart: (_controller, status, headers, statusText = '') => {
        // 1xx answers announce; the real one follows.
        if (status >= 200) resolve({ status, statusText, headers: foldHeaders(headers), body });
      },
      onResponseData: (_controller, chunk) => body.push(chunk),
      onResponseEnd: () => body.end(),
      onResponseError: (_controller, error) => {
        reject(error);
        body.fail(error);
      },
    };
    const { method, headers } = exchange;
    hop.dispatcher.dispatch(
      {
        origin: hop.origin,
        path: hop.target,
        method,
        headers: { ...hop.headers, ...(headers as Record<string, string | string[]>) },
        body: exchange.body ?? null,
      },
      handler,
    );
  });
}
