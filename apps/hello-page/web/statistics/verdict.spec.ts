import { judge, type Verdict } from './verdict.js';

describe('judge', () => {
  const rows: Array<{
    title: string;
    wanted: number;
    count: number;
    total: number;
    errors?: number;
    verdict: Verdict;
  }> = [
    { title: 'nothing seen yet', wanted: 0.9, count: 0, total: 0, verdict: 'too-few' },
    { title: 'few, and nothing odd about them', wanted: 0.9, count: 18, total: 20, verdict: 'too-few' },
    {
      title: 'few, but chance does not explain them',
      wanted: 0.9,
      count: 0,
      total: 20,
      verdict: 'contradicts-the-rule',
    },
    {
      title: '88.4 % of 1,000 where 90 % is wanted',
      wanted: 0.9,
      count: 884,
      total: 1000,
      verdict: 'as-expected',
    },
    {
      title: '87.5 % of 1,000: outside 95 %, inside 99.99 %',
      wanted: 0.9,
      count: 875,
      total: 1000,
      verdict: 'off-but-possible',
    },
    {
      title: '50 % where 90 % is wanted',
      wanted: 0.9,
      count: 500,
      total: 1000,
      verdict: 'contradicts-the-rule',
    },
    { title: 'all of them where all are wanted', wanted: 1, count: 3, total: 3, verdict: 'as-expected' },
    {
      title: 'one stray where all are wanted',
      wanted: 1,
      count: 999,
      total: 1000,
      verdict: 'contradicts-the-rule',
    },
    { title: 'none where none is wanted', wanted: 0, count: 0, total: 1000, verdict: 'as-expected' },
    {
      title: 'one stray where none is wanted',
      wanted: 0,
      count: 1,
      total: 1000,
      verdict: 'contradicts-the-rule',
    },
    {
      title: 'a few lost requests do not matter',
      wanted: 0.9,
      count: 900,
      total: 1000,
      errors: 10,
      verdict: 'as-expected',
    },
    {
      title: 'many lost requests hide the split',
      wanted: 0.9,
      count: 0,
      total: 100,
      errors: 900,
      verdict: 'hidden-by-errors',
    },
    {
      title: 'nothing but lost requests',
      wanted: 0.9,
      count: 0,
      total: 0,
      errors: 5,
      verdict: 'hidden-by-errors',
    },
  ];

  it.each(rows)('$title: $verdict', ({ wanted, count, total, errors = 0, verdict }) => {
    expect(judge(wanted, { count, total, unattributedErrors: errors })).toBe(verdict);
  });
});
