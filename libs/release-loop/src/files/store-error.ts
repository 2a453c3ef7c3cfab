/** The files of a release cannot be read or written; the message says which, why, and what to do. */
export class StoreError extends Error {
  override readonly name = 'StoreError';

  /** @param what is not possible now, as the beginning of a sentence */
  static of(error: unknown, what: string): StoreError {
    const { code = '', message } = error as NodeJS.ErrnoException;
    return new StoreError(`${what}: ${reasons[code] ?? message}.`, { cause: error });
  }
}

const reasons: Record<string, string> = {
  EACCES: 'permission denied; allow this user to write the file and its folder',
  EPERM: 'permission denied; allow this user to write the file and its folder',
  EROFS: 'its file system is read-only',
  ENOSPC: 'the disk is full; make room and start again, nothing is lost',
  EDQUOT: 'the quota is used up; make room and start again, nothing is lost',
  ENOENT: 'its folder does not exist',
  EISDIR: 'it is a folder',
  ENOTDIR: 'it is not a folder',
};
