import type { JournalEntry } from '@grayscale/release';
import { contentIn, emptyContent, journalOf, type RecordContent, withEntry } from './record-content.js';

const state = (percent: number) => ({ version: 1, run: 1, seq: 3, now: 7, percent, phase: 'progressing' });
const entry = (details: Partial<JournalEntry>): JournalEntry => ({
  op: 'observe',
  run: 1,
  seq: 1,
  at: 5,
  ...details,
});

const after = (entries: JournalEntry[]) =>
  entries.reduce<RecordContent>((content, each) => withEntry(content, each), emptyContent);

it('has the newest state and plan, whichever entry brought them', () => {
  const content = after([
    entry({ op: 'start', state: state(25), plan: { name: 'p' } }),
    entry({ op: 'intent', state: state(50), message: 'up' }),
    entry({ op: 'done' }),
    entry({ state: state(51) }),
  ]);
  const journal = journalOf(content);
  expect(journal.map(({ op }) => op)).toEqual(['start', 'intent', 'done', 'observe']);
  expect(journal.at(-1)).toMatchObject({ state: state(51), plan: { name: 'p' } });
  expect(journal[1]?.state).toEqual({ percent: 50, phase: 'progressing' });
});

it('stays bounded over any number of decisions, and says what is not kept', () => {
  const long = 'x'.repeat(100_000);
  const content = after(
    Array.from({ length: 5000 }, (_, index) =>
      entry({ op: 'pause', seq: index, message: long, state: state(10) }),
    ),
  );
  expect(JSON.stringify(content).length).toBeLessThan(150_000);
  const journal = journalOf(content);
  expect(journal[0]?.message).toBe('4940 older entries are not kept in the cluster');
  expect(journal.at(-2)?.seq).toBe(4999);
  expect(journal.at(-1)?.state).toMatchObject({ percent: 10 });
});

it('has an id of its own after each entry, and is read back as it was', () => {
  const one = after([entry({ op: 'start', state: state(1) })]);
  expect(withEntry(one, entry({})).id).not.toBe(withEntry(one, entry({})).id);
  expect(contentIn(JSON.parse(JSON.stringify(one)))).toEqual(one);
});

it.each([undefined, null, {}, { version: 2, entries: [] }, { version: 1 }, 'text'])(
  '%j is not a record',
  (value) => {
    expect(contentIn(value)).toBeUndefined();
  },
);
