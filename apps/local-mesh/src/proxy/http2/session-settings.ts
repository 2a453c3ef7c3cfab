import type { Settings } from 'node:http2';

/** Envoy's: that many streams at once, and that much of each body on its way (recorded: `http-raw-on-port-80`). */
export const maxConcurrentStreams = 1024;
const streamWindowBytes = 16 * 1024 * 1024;
/** For all streams of a connection together. */
export const connectionWindowBytes = 24 * 1024 * 1024;

/** What is told to the other side. */
export const settings: Settings = { maxConcurrentStreams, initialWindowSize: streamWindowBytes };

/** For sessions of both sides: what rules do with repeated headers is theirs. */
export const sessionOptions = { strictSingleValueFields: false, maxSessionMemory: 1024 };
