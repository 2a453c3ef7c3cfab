import { relative } from 'node:path';

/** A change of a file as `git diff` shows it; empty without one. */
export async function fileDiff(path: string, before: string, after: string): Promise<string> {
  const { createTwoFilesPatch } = await import('diff');
  if (before === after) return '';
  // As git names them, so that `git apply` and `patch -p1` find the file from here.
  const within = relative(process.cwd(), path);
  const name = within.startsWith('..') ? path.replace(/^\//, '') : within;
  return createTwoFilesPatch(`a/${name}`, `b/${name}`, before, after, undefined, undefined, {
    context: 3,
    headerOptions: { includeIndex: false, includeUnderline: false, includeFileHeaders: true },
  });
}
