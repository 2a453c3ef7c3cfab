export { addCompletion, completionScript, completions } from './completion.js';
export { CommandError, type ExitCode, exitCodes, UsageError } from './exit-codes.js';
export { gather, labels, namespace, wholeNumber } from './option-values.js';
export { addOutputOptions, type OutputOptions, type Paint, painter } from './output.js';
export { createProgram, type ProgramDescription, runProgram } from './program.js';
export { addWorkloadOptions, type WorkloadOptions, workloadOf } from './workload-options.js';
