import { readFileSync } from 'node:fs';
import { parse } from '../parse/parse.js';

interface Recorded {
  id: string;
  document: unknown;
  valid: boolean;
  errors: string[];
}

const file = new URL('../../../../conformance/api-server.json', import.meta.url);
const recorded: Recorded[] = JSON.parse(readFileSync(file, 'utf8'));

const issuesOf = ({ id, document }: Recorded) =>
  parse(JSON.stringify(document), `${id}.json`).apiServerIssues;

/** Where an error is, roughly: further down are keys of the user's own, which the API server writes without quotes. */
function fieldOf(error: string): string {
  return /spec(?:\.[A-Za-z_]+|\[\d+\]){0,1}/.exec(error)?.[0] ?? '';
}

describe('the verdicts of the API server', () => {
  it.each(recorded)('$id', (row) => {
    expect({ valid: issuesOf(row).length === 0 }).toEqual({ valid: row.valid });
  });

  it.each(recorded.filter(({ valid }) => !valid))('$id: an error near each of its fields', (row) => {
    const paths = issuesOf(row).map(({ path }) => path);
    const missing = row.errors.map(fieldOf).filter((field) => !paths.some((path) => path.startsWith(field)));
    expect(missing).toEqual([]);
  });
});
