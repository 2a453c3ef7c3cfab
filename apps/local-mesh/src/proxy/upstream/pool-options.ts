import type { ConnectCallbacks } from './dialler.js';
import type { Resources } from './resources.js';

/** What a pool has from the cluster that its server belongs to. */
export interface PoolOptions {
  /** Opens a connection; the result ends the attempt. */
  dial: (callbacks: ConnectCallbacks) => () => void;
  /** Those of the whole cluster. */
  resources: Resources;
  /** An idle connection is closed after this, milliseconds. */
  idleTimeoutMs: number;
  /** 0: no limit. */
  maxRequestsPerConnection: number;
  /** Requests at once on one HTTP/2 connection; the server may allow fewer. */
  maxConcurrentStreams: number;
}
