import type { ServerName } from './headers/response-headers.js';
import type { ProxyLimits } from './limits.js';
import type { ProxyOptions, ProxyStats } from './options.js';
import type { Upstreams } from './upstream/upstreams.js';

/** What every connection and request of one proxy shares. */
export interface Runtime {
  options: ProxyOptions;
  limits: ProxyLimits;
  /** What answers say that they come from. */
  serverName: ServerName;
  random: () => number;
  upstreams: Upstreams;
  /** Whether a name has an address. */
  lookup: (name: string) => Promise<boolean>;
  stats: ProxyStats;
  /** No new request is taken; answers tell the client to close. */
  draining: boolean;
}
