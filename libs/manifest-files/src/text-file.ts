import { constants, openSync, type Stats } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { fileError, type ManifestIssue } from './file-issue.js';

/** More than any manifest that an API server would take (its limit is 1.5 MB an object, 3 MB a request). */
export const maxFileBytes = 16 * 1024 * 1024;

export type TextOrIssue = { text: string } | { issue: ManifestIssue };

/**
 * Reads a regular file. Whatever is in the way comes back as an issue. Nothing else is waited for: opening a pipe, which may
 * also stand where a file was a moment ago, takes until somebody writes to it.
 */
export async function readTextFile(file: string): Promise<TextOrIssue> {
  try {
    const obstacle = notReadableAsText(file, await stat(file));
    if (obstacle !== undefined) return { issue: obstacle };
    await using handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const replaced = notReadableAsText(file, await handle.stat());
    if (replaced !== undefined) return { issue: replaced };
    return await readText(handle.createReadStream({ autoClose: false }), file);
  } catch (error) {
    return { issue: systemIssue(file, error) };
  }
}

/**
 * Reads what `--filename <(kubectl kustomize ...)` gives, as soon as it is written. The event loop waits for it: a thread that waited in
 * open(2) for a writer could not be ended, and with it neither could the process.
 */
export async function readPipe(file: string): Promise<TextOrIssue> {
  try {
    const fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    return await readText(new Socket({ fd, readable: true, writable: false }), file);
  } catch (error) {
    return { issue: systemIssue(file, error) };
  }
}

/** Reads a stream to its end as text, up to {@link maxFileBytes}. */
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
  ELOOP: 'its symbolic links form a loop',
  EMFILE: 'too many files are open',
  EISDIR: 'it is a folder',
};

function notReadableAsText(file: string, stats: Stats): ManifestIssue | undefined {
  if (stats.isFile()) return stats.size > maxFileBytes ? tooLarge(file) : undefined;
  if (stats.isDirectory()) return systemIssue(file, { code: 'EISDIR' });
  const advice = stats.isFIFO() ? 'a pipe is read only where --filename names it itself' : 'name a file';
  return fileError('file-not-regular', { file }, `${file} is not a regular file; ${advice}.`);
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
    const text = new TextDecoder(encodingOf(bytes), { fatal: true, ignoreBOM: true }).decode(bytes);
    if (!text.includes('\0')) return { text };
  } catch {
    // Told below.
  }
  return { issue: fileError('file-binary', { file }, `${file} is not UTF-8 text; save it as UTF-8.`) };
}

/** UTF-8, unless a byte order mark tells of UTF-16, as Windows PowerShell writes with `>`. */
function encodingOf(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
}
