import { runInThisContext } from 'node:vm';
import type { Agent } from 'undici';

/** An agent of Node's own undici: its `fetch` takes only dispatchers of that kind, and its global one is asked for its class. */
export function nodesAgent(options: Agent.Options): Agent {
  const main = runInThisContext('globalThis') as Record<symbol, { constructor: typeof Agent }> &
    typeof globalThis;
  // Node loads its undici on the first use of one of its globals.
  void main.Response;
  const version = Number.parseInt(process.versions.undici ?? '', 10) >= 8 ? 2 : 1;
  const { constructor: NodesAgent } = main[Symbol.for(`undici.globalDispatcher.${version}`)] as Agent & {
    constructor: typeof Agent;
  };
  return new NodesAgent(options);
}
