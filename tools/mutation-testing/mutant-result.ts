import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { MutantResult } from '@stryker-mutator/api/core';

/** Stryker counts lines and columns from 1 in what it reports, from 0 in what it makes. */
export function countedFromZero(result: MutantResult): MutantResult {
  const { start, end } = result.location;
  const less = ({ line, column }: typeof start) => ({ line: line - 1, column: column - 1 });
  return { ...result, location: { start: less(start), end: less(end) } };
}

/** What was changed and where; of one that no test noticed, or that ran too long. */
export function describeMutant({
  fileName,
  location,
  mutatorName,
  replacement,
  status,
}: MutantResult): string {
  const { start, end } = location;
  const lines = readFileSync(fileName, 'utf8')
    .split('\n')
    .slice(start.line, end.line + 1);
  lines.push((lines.pop() ?? '').slice(0, start.line === end.line ? end.column : undefined));
  const original = lines.join('\n').slice(start.column);
  const place = `${relative('.', fileName)}:${start.line + 1}:${start.column + 1}`;
  const note =
    status === 'NoCoverage'
      ? ' (no test runs it)'
      : status === 'Timeout'
        ? ' (timed out, counts as killed)'
        : '';
  return `${place} ${mutatorName}${note}\n  - ${shorten(original)}\n  + ${shorten(replacement)}`;
}

function shorten(code = ''): string {
  const line = code.replace(/\s+/g, ' ');
  return line.length > 160 ? `${line.slice(0, 157)}...` : line;
}
