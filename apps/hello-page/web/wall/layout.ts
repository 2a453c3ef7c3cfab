/** Where dots stand: rows of equal dots, the newest row on top, the newest dot leftmost in it. */
export interface WallLayout {
  columns: number;
  rows: number;
  /** Width and height of a dot's place, in CSS pixels. */
  cell: number;
}

/** A place on the wall; column 0 is the leftmost, row 0 the topmost. */
export interface WallPlace {
  column: number;
  row: number;
}

/** The layout that fills an area of that size. */
export function layOut(width: number, height: number, cell: number): WallLayout {
  return {
    columns: Math.max(1, Math.floor(width / cell)),
    rows: Math.max(1, Math.floor(height / cell)),
    cell,
  };
}

/**
 * A dot never moves sideways: the top row fills from the right, and when it is full the wall moves down by a row.
 * Shifting every dot with every request would be a flicker at 50 a second.
 */
export function placeOf(sequence: number, newest: number, { columns }: WallLayout): WallPlace {
  return {
    // Places that were never taken have sequences below 1.
    column: columns - 1 - ((((sequence - 1) % columns) + columns) % columns),
    row: rowNumber(newest, columns) - rowNumber(sequence, columns),
  };
}

/** The sequence that stands at a place; undefined where nothing stands yet. */
export function sequenceAt(
  { column, row }: WallPlace,
  newest: number,
  layout: WallLayout,
): number | undefined {
  const { columns, rows } = layout;
  if (column < 0 || column >= columns || row < 0 || row >= rows) return undefined;
  const sequence = (rowNumber(newest, columns) - row) * columns + (columns - column);
  return sequence >= 1 && sequence <= newest ? sequence : undefined;
}

/** The oldest sequence that still stands on the wall; 1 at least. */
export function oldestOnWall(newest: number, { columns, rows }: WallLayout): number {
  return Math.max(1, (rowNumber(newest, columns) - rows + 1) * columns + 1);
}

/** How many rows were begun before the one of this sequence. */
export function rowNumber(sequence: number, columns: number): number {
  return Math.floor((sequence - 1) / columns);
}
