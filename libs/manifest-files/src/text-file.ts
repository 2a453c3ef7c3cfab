import { constants, createReadStream, type Stats } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { fileError, type ManifestIssue } from './file-issue.js';

/** More than any manifest that an API server would take (its limit is 1.5 MB an object, 3 MB a request). */
export const maxFileBytes = 16 * 1024 * 1024;

export type TextOrIssue = { text: string } | { issue: ManifestIssue };

/** Reads a regular file or a pipe as UTF-8. Whatever is in the way comes back as an issue. */
export async function readTextFile(file: string): Promise<TextOrIssue> {
  try {
    const stats = await stat(file);
    const obstacle = notReadableAsText(file, stats);
    if (obstacle !== undefined) return { issue: obstacle };
    await access(file, constants.R_OK);
    return await readText(createReadStream(file), file);
  } catch (error) {
    return { issue: systemIssue(file, error) };
  }
}

/** Reads a stream to its end as UTF-8, up to {@link maxFileBytes}. */
export async function readText(stream: Readable, file: string): Promise<TextOrIssue> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    const bytes: Buffer = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    length += bytes.length;
    if (length > maxFileBytes) return { issue: tooLarge(file) };
    chunks.push(bytes);
  }
  return decode(Buffer.concat(chunks, length), file);
}

/** What the operating system said, in words that tell what to do. */
export function systemIssue(file: string, error: unknown): ManifestIssue {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return fileError('file-not-found', { file }, `There is no file or folder ${file}.`);
  }
  return fileError('file-not-readable', { file }, `${file} cannot be read: ${reasons[code] ?? code}.`);
}

const reasons: Record<string, string> = {
  EACCES: 'permission denied; allow this user to read it',
  EPERM: 'permission denied; allow this user to read it',
  ELOOP: 'its symbolic links lead in a circle',
  EMFILE: 'too many files are open',
  EISDIR: 'it is a folder',
};

function notReadableAsText(file: string, stats: Stats): ManifestIssue | undefined {
  if (stats.isFile()) return stats.size > maxFileBytes ? tooLarge(file) : undefined;
  // A pipe is what `--filename <(kubectl kustomize ...)` gives.
  if (stats.isFIFO()) return undefined;
  return fileError('file-not-regular', { file }, `${file} is neither a file, a folder nor a pipe.`);
}

function tooLarge(file: string): ManifestIssue {
  return fileError(
    'file-too-large',
    { file },
    `${file} is larger than ${maxFileBytes / 1024 / 1024} MiB; manifests are not that large. Split it, or name the right file.`,
  );
}

function decode(bytes: Buffer, file: string): TextOrIssue {
  try {
    // A byte order mark stays in the text, for edits keep every byte.
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    if (!text.includes('\0')) return { text };
  } catch {
    // Not UTF-8: told below.
  }
  return { issue: fileError('file-binary', { file }, `${file} is not UTF-8 text; save it as UTF-8.`) };
}
