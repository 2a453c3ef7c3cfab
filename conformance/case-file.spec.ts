import { parse } from 'yaml';
import { withRecording } from './recorder/case-file.ts';
import type { Recording } from './recorder/recording.ts';
import { caseFiles } from './src/cases.ts';

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
