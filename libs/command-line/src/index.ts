export { type ClusterConnection, clusterFailure, openCluster, withCluster } from './cluster-connection.js';
export { addClusterOptions, type ClusterOptions, requireSource } from './cluster-options.js';
export { addCompletion, completionScript, completions } from './completion.js';
export { CommandError, type ExitCode, exitCodes, UsageError } from './exit-codes.js';
export { duration, gather, labels, namespace, wholeNumber } from './option-values.js';
export { addOutputOptions, type OutputOptions, type Paint, painter } from './output.js';
export { createProgram, type ProgramDescription, runProgram } from './program.js';
export {
  addWorkloadOptions,
  clientOf,
  revisionOf,
  type WorkloadOptions,
  workloadOf,
} from './workload-options.js';
