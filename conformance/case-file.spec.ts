import { globSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parse } from 'yaml';
import { withRecording } from './recorder/case-file.ts';
import type { Recording } from './recorder/recording.ts';
import { areas, caseFiles } from './src/cases.ts';

type Told = Pick<Recording, 'answers'> & Partial<Recording>;

/** What a file says that was recorded. */
function recordingOf(text: string): Recording {
  const {
    refused = [],
    errors = [],
    conditions = {},
    exchanges,
  } = parse(text) as Told & {
    exchanges: Array<{ answer?: Recording['answers'][number] }>;
  };
  return { refused, errors, conditions, answers: exchanges.map(({ answer = {} }) => answer) };
}

describe('The folders of recordings', () => {
  it('are all played', () => {
    const files = globSync('*/*.yaml', { cwd: import.meta.dirname });
    expect([...new Set(files.map((file) => dirname(file)))].sort()).toEqual([...areas].sort());
  });

  it('are all described', () => {
    const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8');
    expect(areas.filter((area) => !readme.includes(`\`${area}/\``))).toEqual([]);
  });
});

describe('A recording written into its file', () => {
  it('says what was recorded, and leaves the rest as it was, for every file', () => {
    for (const { text } of caseFiles().filter(({ text }) => !text.includes('\nvalid: false'))) {
      const written = parse(withRecording(text, recordingOf(text)));
      expect(written).toEqual(withAnswers(parse(text)));
    }
  });

  it('replaces what an earlier recording said', () => {
    const text =
      'id: a\nrefused:\n- of old\nconfig: |\n  kind: X\nexchanges:\n- request: {port: 80}\n  answer: {status: 503}\n';
    const answers = [{ status: 200 }];
    expect(withRecording(text, { refused: [], errors: [], conditions: {}, answers })).toBe(
      'id: a\nconfig: |\n  kind: X\nexchanges:\n- request: {port: 80}\n  answer:\n    status: 200\n',
    );
  });
});

/** A request without an answer gets an empty one. */
function withAnswers({ exchanges, ...rest }: { exchanges: object[] }): object {
  return { ...rest, exchanges: exchanges.map((exchange) => ({ answer: null, ...exchange })) };
}
