import { randomBytes } from 'node:crypto';
import { type FileHandle, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileError, type ManifestIssue } from '../file-issue.js';
import { standardInput } from '../reading.js';

/**
 * Replaces a file's text in one step: a reader sees the old text or the new one, also after a crash. Its mode stays, a symbolic
 * link keeps pointing at the file.
 * @param expected the text that the file has to have; another one means that somebody has edited it meanwhile
 * @returns the reason if nothing was written
 */
export async function replaceFile(
  path: string,
  expected: string,
  text: string,
): Promise<ManifestIssue | undefined> {
  if (path === standardInput) return notWritable(path, 'it is standard input; name a file');
  try {
    return await replace(path, await realpath(path), expected, text);
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    return notWritable(path, reasons[code] ?? message);
  }
}

const reasons: Record<string, string> = {
  EACCES: 'permission denied; allow this user to write the file and its folder',
  EPERM: 'permission denied; allow this user to write the file and its folder',
  EROFS: 'its file system is read-only',
  ENOSPC: 'the disk is full; make room and try again',
  EDQUOT: 'the quota is used up; make room and try again',
  ENOENT: 'it is gone',
};

async function replace(
  path: string,
  real: string,
  expected: string,
  text: string,
): Promise<ManifestIssue | undefined> {
  const original = await stat(real);
  if (!original.isFile()) return notWritable(path, 'it is not a regular file');
  // A rename needs no right to write the file; who made it read-only meant it.
  await (await open(real, 'r+')).close();
  const temporary = join(dirname(real), `.${basename(real)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    await writeDurably(temporary, text, original);
    if (!(await readFile(real)).equals(Buffer.from(expected))) return changedMeanwhile(path);
    await rename(temporary, real);
  } finally {
    await rm(temporary, { force: true });
  }
  await syncFolder(dirname(real));
  return undefined;
}

async function writeDurably(
  temporary: string,
  text: string,
  { mode, uid, gid }: { mode: number; uid: number; gid: number },
): Promise<void> {
  const file = await open(temporary, 'wx', mode);
  try {
    await file.writeFile(text);
    await keepOwner(file, uid, gid);
    await file.chmod(mode);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Only root may give a file away; for others it is theirs already, or becomes theirs as with any editor. */
async function keepOwner(file: FileHandle, uid: number, gid: number): Promise<void> {
  await file.chown(uid, gid).catch(() => {});
}

/** The rename itself survives a crash once the folder is written; some file systems cannot sync folders. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => {});
  await handle?.close();
}

function changedMeanwhile(path: string): ManifestIssue {
  return fileError(
    'edit-conflict',
    { file: path },
    `${path} was changed while it was being edited; nothing was written. Run the command again.`,
  );
}

function notWritable(path: string, reason: string): ManifestIssue {
  return fileError('file-not-writable', { file: path }, `${path} cannot be written: ${reason}.`);
}
