/** What the process ends with; 79 is istioctl's code for manifests with errors, 64 is EX_USAGE. */
export const exitCodes = { good: 0, wrongUsage: 64, errorsFound: 79 } as const;

/** A command that cannot be carried out as written; the message says what to write instead. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
