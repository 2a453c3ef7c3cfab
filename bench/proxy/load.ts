/** What one run of a load generator saw. */
export interface Load {
  requestsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** Answers that were no 2xx, and requests without an answer. */
  errors: number;
  /** Processor time of the program for one request, microseconds: what it takes whatever else the machine does. */
  cpuUs: number;
}

/** The run in the middle of several, by throughput. */
export function median(runs: readonly Load[]): Load {
  const sorted = [...runs].sort((a, b) => a.requestsPerSecond - b.requestsPerSecond);
  return sorted[Math.floor(sorted.length / 2)] as Load;
}
