import { isFinished } from '../exchange.js';
import type { ExchangeHistory } from '../exchange-history.js';
import type { Palette } from '../palette.js';
import type { Colours } from '../view/colours.js';
import { DotPainter, grown } from './dot-painter.js';
import { layOut, oldestOnWall, placeOf, rowNumber, sequenceAt, type WallLayout } from './layout.js';

export interface WallOptions {
  element: HTMLElement;
  history: ExchangeHistory;
  palette: Palette;
  colours: Colours;
  /** The user chose a dot; undefined: none any more. */
  onChoose(sequence: number | undefined): void;
}

const cellWide = 22;
const cellNarrow = 20;

/** How long the wall takes to move down by a row. */
const slideMs = 200;

/** The wall of dots: a canvas that is painted once a frame while something moves, and not at all otherwise. */
export class Wall {
  readonly #options: WallOptions;
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #painter: DotPainter;
  readonly #still = matchMedia('(prefers-reduced-motion: reduce)');
  #layout: WallLayout = layOut(0, 0, cellWide);
  #frame = 0;
  #movingUntil = 0;
  #topRow = 0;
  #slideFrom = 0;
  #chosen: number | undefined;

  constructor(options: WallOptions) {
    this.#options = options;
    const canvas = options.element.querySelector('canvas');
    const context = canvas?.getContext('2d');
    if (!canvas || !context) throw new Error('the wall needs a canvas');
    this.#canvas = canvas;
    this.#context = context;
    this.#painter = new DotPainter(context, options.palette, options.colours);
    new ResizeObserver(() => this.#resize()).observe(options.element);
    options.element.addEventListener('click', (event) => this.#click(event));
    options.element.addEventListener('keydown', (event) => this.#key(event));
  }

  set colours(colours: Colours) {
    this.#painter.colours = colours;
    this.changed();
  }

  get chosen(): number | undefined {
    return this.#chosen;
  }

  /** Something is to be seen: an exchange was added, answered or forgotten. */
  changed(): void {
    this.#movingUntil = performance.now() + slideMs;
    if (this.#frame === 0) this.#frame = requestAnimationFrame((now) => this.#paint(now));
  }

  /** Chooses a dot by its sequence; undefined: none. */
  choose(sequence: number | undefined): void {
    this.#chosen = sequence !== undefined && this.#options.history.at(sequence) ? sequence : undefined;
    this.#options.onChoose(this.#chosen);
    this.changed();
  }

  #resize(): void {
    const { clientWidth, clientHeight } = this.#options.element;
    const ratio = window.devicePixelRatio;
    this.#canvas.width = Math.round(clientWidth * ratio);
    this.#canvas.height = Math.round(clientHeight * ratio);
    this.#context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.#layout = layOut(clientWidth, clientHeight, clientWidth < 480 ? cellNarrow : cellWide);
    this.#painter.cell = this.#layout.cell;
    this.#topRow = rowNumber(this.#options.history.newest, this.#layout.columns);
    this.changed();
  }

  #paint(now: number): void {
    this.#frame = 0;
    const { newest } = this.#options.history;
    this.#context.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    const slide = this.#slide(now);
    const { columns, rows } = this.#layout;
    const oldest = oldestOnWall(newest, this.#layout);
    const topRowEnd = (rowNumber(Math.max(1, newest), columns) + 1) * columns;
    for (let sequence = topRowEnd - rows * columns + 1; sequence <= topRowEnd; sequence++)
      this.#paintPlace(sequence, sequence >= oldest && sequence <= newest, slide);
    if (now < this.#movingUntil) this.#frame = requestAnimationFrame((next) => this.#paint(next));
  }

  #paintPlace(sequence: number, taken: boolean, slide: number): void {
    const { x, y } = this.#centre(sequence, taken ? slide : 0);
    const exchange = taken ? this.#options.history.at(sequence) : undefined;
    if (!exchange) {
      this.#painter.paintEmpty(x, y);
      return;
    }
    const age = isFinished(exchange) ? Date.now() - exchange.sentAt - exchange.latencyMs : 0;
    this.#painter.paint(exchange, x, y, this.#still.matches ? 1 : grown(age));
    if (sequence === this.#chosen) this.#painter.choose(x, y);
  }

  #centre(sequence: number, slide: number): { x: number; y: number } {
    const { cell, columns } = this.#layout;
    const { column, row } = placeOf(sequence, Math.max(1, this.#options.history.newest), this.#layout);
    const margin = (this.#options.element.clientWidth - columns * cell) / 2;
    return { x: margin + (column + 0.5) * cell, y: (row + 0.5 - slide) * cell };
  }

  /** How far, in rows, the wall still stands above where it is going. */
  #slide(now: number): number {
    const topRow = rowNumber(this.#options.history.newest, this.#layout.columns);
    if (topRow !== this.#topRow) {
      this.#slideFrom = topRow > this.#topRow && !this.#still.matches ? now : 0;
      this.#topRow = topRow;
    }
    const part = Math.min(1, (now - this.#slideFrom) / slideMs);
    return (1 - part) * (1 - part);
  }

  #click(event: MouseEvent): void {
    const box = this.#canvas.getBoundingClientRect();
    const { cell, columns } = this.#layout;
    const margin = (box.width - columns * cell) / 2;
    const place = {
      column: Math.floor((event.clientX - box.left - margin) / cell),
      row: Math.floor((event.clientY - box.top) / cell),
    };
    this.choose(sequenceAt(place, this.#options.history.newest, this.#layout));
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { newest } = this.#options.history;
    if (event.key === 'Escape') this.choose(undefined);
    const target = this.#target(event.key, this.#chosen ?? newest + 1);
    if (target === undefined) return;
    event.preventDefault();
    this.choose(Math.max(oldestOnWall(newest, this.#layout), Math.min(newest, target)));
  }

  /** Where a key leads from a dot; to the right and down is older. */
  #target(key: string, from: number): number | undefined {
    const { columns, rows } = this.#layout;
    const steps: Record<string, number> = {
      ArrowRight: from - 1,
      ArrowLeft: from + 1,
      ArrowDown: from - columns,
      ArrowUp: from + columns,
      PageDown: from - columns * Math.floor(rows / 2),
      PageUp: from + columns * Math.floor(rows / 2),
      Home: this.#options.history.newest,
      End: 1,
    };
    return steps[key];
  }
}
