/**
 * What a process ends with. 64 to 78 have the meaning of sysexits.h; 79 is istioctl's code for manifests with errors.
 */
export const exitCodes = {
  done: 0,
  /** EX_USAGE: the command line is wrong. */
  wrongUsage: 64,
  /** EX_DATAERR: a plan or a manifest is not valid, or cannot be edited safely. */
  invalidInput: 65,
  /** EX_UNAVAILABLE: the API server or the metrics could not be reached for longer than asked. */
  unreachable: 69,
  /** EX_SOFTWARE: a mistake of ours. */
  ownMistake: 70,
  /** EX_TEMPFAIL: another writer holds the rule or has just changed the file. */
  heldByAnother: 75,
  /** EX_NOPERM: the API server or the file system forbids it. */
  forbidden: 77,
  /** Something was looked for and found: issues, failed cases, a split that is not the written one. */
  found: 79,
  /** A release waits for a person. */
  waitsForHuman: 80,
  /** A guard aborted the release; the old weights are back. */
  aborted: 81,
  /** The weights are not the ones that were written last; nothing was written. */
  drift: 82,
  /** `--once` or a timeout ended while waiting. */
  stillWaiting: 83,
} as const;

/** One of {@link exitCodes}. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** A command that ends without having done its work; the message says why and what to do. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError';

  constructor(
    readonly exitCode: ExitCode,
    message: string,
  ) {
    super(message);
  }
}

/** A command that cannot be carried out as written; the message says what to write instead. */
export class UsageError extends CommandError {
  override readonly name = 'UsageError';

  constructor(message: string) {
    super(exitCodes.wrongUsage, message);
  }
}
