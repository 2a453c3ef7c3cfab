/** A mesh that cannot start; the message is for the user. */
export class StartError extends Error {
  override readonly name = 'StartError';

  constructor(
    message: string,
    /** What the process ends with. */
    readonly exitCode = 1,
  ) {
    super(message);
  }
}
