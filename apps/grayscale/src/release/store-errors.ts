import { CommandError, exitCodes } from '@grayscale/command-line';
import { StoreError } from '@grayscale/release-loop';

/** Files that cannot be read or written are the user's to mend. */
export async function translateStoreErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StoreError) throw new CommandError(exitCodes.forbidden, error.message);
    throw error;
  }
}
