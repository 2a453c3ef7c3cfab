/** The request line and headers together: a little over Envoy's 60 KiB, so that a proxy's limit is met first. */
export const MAX_HEADER_BYTES = 64 * 1024;

/** No service here takes large bodies. */
export const MAX_BODY_BYTES = 64 * 1024;

/** Envoy drops an idle upstream connection after an hour. Closing first would race with a request under way. */
const KEEP_ALIVE_MS = 61 * 60 * 1000;

/** Envoy gives up on a silent stream after five minutes. */
const REQUEST_MS = 310 * 1000;

/** Node's default, kept below {@link REQUEST_MS}: a client that trickles its headers is cut. */
const HEADERS_MS = 60 * 1000;

/** Fastify's options for limits and time-outs, the same in every service. */
export const SERVER_LIMITS = {
  bodyLimit: MAX_BODY_BYTES,
  keepAliveTimeout: KEEP_ALIVE_MS,
  requestTimeout: REQUEST_MS,
  http: { maxHeaderSize: MAX_HEADER_BYTES, headersTimeout: HEADERS_MS },
  // Late requests on open connections are served while the service drains; they are told to close.
  return503OnClosing: false,
} as const;
