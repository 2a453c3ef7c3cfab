import { CommandError, type ExitCode, exitCodes } from '@grayscale/command-line';
import { StoreError } from '@grayscale/release-loop';

/** What a cluster's store throws, by code: its library is loaded only where it is needed. */
const codes: Record<string, ExitCode> = {
  RELEASE_TAKEN_OVER: exitCodes.heldByAnother,
  RELEASE_RECORD: exitCodes.invalidInput,
};

/** What cannot be read or written, or is another process' by now, is the user's to mend. */
export async function translateStoreErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StoreError) throw new CommandError(exitCodes.forbidden, error.message);
    const { code, message } = (error ?? {}) as { code?: unknown; message: string };
    const exitCode = codes[String(code)];
    if (exitCode !== undefined) throw new CommandError(exitCode, `${message}.`);
    throw error;
  }
}
