import { parseDuration } from './duration.js';

describe('a duration in the words of Go', () => {
  it.each([
    ['5s', 5000],
    ['500ms', 500],
    ['1h30m', 5_400_000],
    ['0.5s', 500],
    ['.5s', 500],
    ['1.s', 1000],
    ['+1s', 1000],
    ['-1.5s', -1500],
    ['0', 0],
    ['1us', 0.001],
    ['1µs', 0.001],
    ['1ns', 0.000001],
  ])('%s is %d ms', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  it.each(['', '5', 's', '1 s', '1d', '1S', '1s1', '.s', '--1s', '999999999h'])('%j is none', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});
