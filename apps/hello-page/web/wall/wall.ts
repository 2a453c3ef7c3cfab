import type { Colours } from '../colours.js';
import { isFinished } from '../exchange.js';
import type { ExchangeHistory } from '../exchange-history.js';
import type { Palette } from '../palette.js';
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
const slideMs = 150;

/** The wall of dots: a canvas of which only what changes is painted, at most once a frame. */
export class Wall {
  readonly #options: WallOptions;
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #painter: DotPainter;
  readonly #still = matchMedia('(prefers-reduced-motion: reduce)');
  #layout: WallLayout = layOut(0, 0, cellWide);
  #width = 0;
  #frame = 0;
  #repaint = true;
  /** What is to be painted, and until when it has grown up painted again. */
  readonly #growing = new Set<number>();
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
    this.repaint();
  }

  get chosen(): number | undefined {
    return this.#chosen;
  }

  /** That exchange was sent or answered. */
  changed(sequence: number): void {
    this.#growing.add(sequence);
    this.#request();
  }

  /** Anything may have changed. */
  repaint(): void {
    this.#repaint = true;
    this.#request();
  }

  /** Chooses a dot by its sequence; undefined: none. */
  choose(sequence: number | undefined): void {
    this.#chosen = sequence !== undefined && this.#options.history.at(sequence) ? sequence : undefined;
    this.#options.onChoose(this.#chosen);
    this.repaint();
  }

  #resize(): void {
    const { clientWidth, clientHeight } = this.#options.element;
    this.#width = clientWidth;
    const ratio = window.devicePixelRatio;
    this.#canvas.width = Math.round(clientWidth * ratio);
    this.#canvas.height = Math.round(clientHeight * ratio);
    this.#context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.#layout = layOut(clientWidth, clientHeight, clientWidth < 480 ? cellNarrow : cellWide);
    this.#painter.cell = this.#layout.cell;
    this.#topRow = rowNumber(this.#options.history.newest, this.#layout.columns);
    this.repaint();
  }

  #paint(now: number): void {
    this.#frame = 0;
    const slide = this.#slide(now);
    if (this.#repaint || slide > 0) this.#paintAll(slide);
    else for (const sequence of this.#growing) this.#paintAlone(sequence);
    this.#repaint = slide > 0;
    for (const sequence of this.#growing) if (this.#size(sequence) === 1) this.#growing.delete(sequence);
    if (slide > 0 || this.#growing.size > 0) this.#request();
  }

  #request(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame((now) => this.#paint(now));
  }

  #paintAll(slide: number): void {
    const { columns, rows } = this.#layout;
    const newest = Math.max(1, this.#options.history.newest);
    const topRowEnd = (rowNumber(newest, columns) + 1) * columns;
    this.#context.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    // From the empty places on: what slides by them must cover them.
    for (let sequence = topRowEnd; sequence > topRowEnd - rows * columns; sequence--)
      this.#paintPlace(sequence, slide);
  }

  #paintAlone(sequence: number): void {
    if (sequence < oldestOnWall(this.#options.history.newest, this.#layout)) return;
    const { cell } = this.#layout;
    const { x, y } = this.#centre(sequence, 0);
    this.#context.clearRect(x - cell / 2, y - cell / 2, cell, cell);
    this.#paintPlace(sequence, 0);
  }

  #paintPlace(sequence: number, slide: number): void {
    const exchange = sequence > 0 ? this.#options.history.at(sequence) : undefined;
    const { x, y } = this.#centre(sequence, exchange ? slide : 0);
    if (!exchange) {
      this.#painter.paintEmpty(x, y);
      return;
    }
    this.#painter.paint(exchange, x, y, this.#size(sequence));
    if (sequence === this.#chosen) this.#painter.choose(x, y);
  }

  /** How much of its size a dot has by now, 0-1. */
  #size(sequence: number): number {
    const exchange = this.#options.history.at(sequence);
    if (!exchange || !isFinished(exchange) || this.#still.matches) return 1;
    return grown(Date.now() - exchange.sentAt - exchange.latencyMs);
  }

  #centre(sequence: number, slide: number): { x: number; y: number } {
    const { cell } = this.#layout;
    const { column, row } = placeOf(sequence, Math.max(1, this.#options.history.newest), this.#layout);
    const margin = this.#margin();
    return { x: margin + (column + 0.5) * cell, y: (row + 0.5 - slide) * cell };
  }

  #margin(): number {
    const { columns, cell } = this.#layout;
    return Math.floor((this.#width - columns * cell) / 2);
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
    const { cell } = this.#layout;
    const place = {
      column: Math.floor((event.clientX - box.left - this.#margin()) / cell),
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
