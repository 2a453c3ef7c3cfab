import fc from 'fast-check';
import { layOut, oldestOnWall, placeOf, sequenceAt } from './layout.js';

const layout = layOut(100, 60, 20);

describe('the wall', () => {
  it('has as many places as fit, and one at least', () => {
    expect(layout).toEqual({ columns: 5, rows: 3, cell: 20 });
    expect(layOut(3, 0, 20)).toEqual({ columns: 1, rows: 1, cell: 20 });
  });

  it.each([
    { sequence: 1, newest: 1, column: 4, row: 0 },
    { sequence: 5, newest: 5, column: 0, row: 0 },
    { sequence: 5, newest: 6, column: 0, row: 1 },
    { sequence: 6, newest: 6, column: 4, row: 0 },
    { sequence: 1, newest: 11, column: 4, row: 2 },
  ])('dot $sequence of $newest stands in column $column, row $row', ({ sequence, newest, column, row }) => {
    expect(placeOf(sequence, newest, layout)).toEqual({ column, row });
  });

  it('reads newest first', () => {
    const read: Array<number | undefined> = [];
    for (let row = 0; row < 2; row++)
      for (let column = 0; column < 5; column++) read.push(sequenceAt({ column, row }, 7, layout));
    expect(read.filter((sequence) => sequence !== undefined)).toEqual([7, 6, 5, 4, 3, 2, 1]);
  });

  it('finds each dot where it stands, and none beside the wall', () => {
    const cases = fc.record({
      newest: fc.integer({ min: 1, max: 10_000 }),
      back: fc.nat(200),
      columns: fc.integer({ min: 1, max: 60 }),
    });
    fc.assert(
      fc.property(cases, ({ newest, back, columns }) => {
        const wide = { columns, rows: 4, cell: 20 };
        const sequence = Math.max(oldestOnWall(newest, wide), newest - back);
        expect(sequenceAt(placeOf(sequence, newest, wide), newest, wide)).toBe(sequence);
        expect(placeOf(oldestOnWall(newest, wide), newest, wide).row).toBeLessThan(4);
      }),
    );
    expect(sequenceAt({ column: 5, row: 0 }, 100, layout)).toBeUndefined();
    expect(sequenceAt({ column: 0, row: 3 }, 100, layout)).toBeUndefined();
  });

  it('never moves a dot sideways', () => {
    const columns = Array.from({ length: 50 }, (_, index) => placeOf(3, 3 + index, layout).column);
    expect(new Set(columns)).toEqual(new Set([2]));
  });
});
