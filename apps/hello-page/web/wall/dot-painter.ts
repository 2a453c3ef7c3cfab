import type { Colours } from '../colours.js';
import { type Exchange, type Outcome, slowMs } from '../exchange.js';
import type { Palette } from '../palette.js';

/** A dot grows to its size in so many milliseconds. */
const growMs = 160;

/** Draws the dots of the wall from pictures of each kind, which costs a tenth of drawing circles. */
export class DotPainter {
  readonly #context: CanvasRenderingContext2D;
  readonly #palette: Palette;
  readonly #pictures = new Map<string, HTMLCanvasElement>();
  #colours: Colours;
  #cell = 0;

  constructor(context: CanvasRenderingContext2D, palette: Palette, colours: Colours) {
    this.#context = context;
    this.#palette = palette;
    this.#colours = colours;
  }

  set colours(colours: Colours) {
    this.#colours = colours;
    this.#pictures.clear();
  }

  /** The size of a dot's place, in CSS pixels; to be set anew when the screen's resolution may have changed. */
  set cell(cell: number) {
    this.#cell = cell;
    this.#pictures.clear();
  }

  /** `x` and `y` are the centre of the dot's place, `size` how much of its own size the dot has, 0-1. */
  paint({ outcome, latencyMs = 0 }: Exchange, x: number, y: number, size: number): void {
    if (!outcome) this.#show('pending', x, y, 1, (pen) => ring(pen, 0.27, this.#colours.pending));
    else if (outcome.kind === 'error') this.#paintError(outcome, x, y, size);
    else this.#paintAnswer(outcome.text, latencyMs > slowMs, x, y, size);
  }

  /** A place where no request stands yet. */
  paintEmpty(x: number, y: number): void {
    this.#show('empty', x, y, 1, (pen) => disc(pen, 0.1, this.#colours.faint));
  }

  /** The mark of the chosen dot. */
  choose(x: number, y: number): void {
    this.#show('chosen', x, y, 1, (pen) => {
      pen.beginPath();
      pen.roundRect(-0.46, -0.46, 0.92, 0.92, 0.2);
      pen.strokeStyle = this.#colours.accent;
      pen.lineWidth = 0.1;
      pen.stroke();
    });
  }

  #paintAnswer(text: string, slow: boolean, x: number, y: number, size: number): void {
    const slot = this.#palette.slotOf(text);
    const colour = this.#colours.answers[slot] ?? this.#colours.pending;
    this.#show(`${slow ? 'slow' : 'answer'} ${slot}`, x, y, size, (pen) => {
      disc(pen, slow ? 0.22 : 0.38, colour);
      if (slow) ring(pen, 0.37, this.#colours.ring);
    });
  }

  /** A square with the status: an error is told by its shape as well as by its colour. */
  #paintError({ status }: Outcome & { kind: 'error' }, x: number, y: number, size: number): void {
    this.#show(`error ${status}`, x, y, size, (pen) => {
      pen.beginPath();
      pen.roundRect(-0.46, -0.37, 0.92, 0.74, 0.16);
      pen.fillStyle = this.#colours.error;
      pen.fill();
      pen.fillStyle = this.#colours.onError;
      // Fonts have no size below a pixel: drawn at 100 times the unit.
      pen.scale(0.01, 0.01);
      pen.font = '600 42px system-ui, sans-serif';
      pen.textAlign = 'center';
      pen.textBaseline = 'middle';
      pen.fillText(status === 0 ? '×' : String(status), 0, 3);
    });
  }

  /** Shows the picture of that name, drawn the first time it is wanted; `draw` has the place as its unit, its centre as origin. */
  #show(
    name: string,
    x: number,
    y: number,
    size: number,
    draw: (pen: CanvasRenderingContext2D) => void,
  ): void {
    const picture = this.#pictures.get(name) ?? this.#draw(name, draw);
    const side = this.#cell * size;
    this.#context.drawImage(picture, x - side / 2, y - side / 2, side, side);
  }

  #draw(name: string, draw: (pen: CanvasRenderingContext2D) => void): HTMLCanvasElement {
    const picture = document.createElement('canvas');
    picture.width = picture.height = Math.max(1, Math.round(this.#cell * window.devicePixelRatio));
    const pen = picture.getContext('2d');
    pen?.scale(picture.width, picture.height);
    pen?.translate(0.5, 0.5);
    if (pen) draw(pen);
    this.#pictures.set(name, picture);
    return picture;
  }
}

/** How much of its size a dot has, 0-1, so many milliseconds after its answer. */
export function grown(sinceAnswerMs: number): number {
  const part = Math.min(1, Math.max(0, sinceAnswerMs / growMs));
  return 0.4 + 0.6 * part * (2 - part);
}

function disc(pen: CanvasRenderingContext2D, radius: number, colour: string): void {
  pen.beginPath();
  pen.arc(0, 0, radius, 0, 2 * Math.PI);
  pen.fillStyle = colour;
  pen.fill();
}

function ring(pen: CanvasRenderingContext2D, radius: number, colour: string): void {
  pen.beginPath();
  pen.arc(0, 0, radius, 0, 2 * Math.PI);
  pen.strokeStyle = colour;
  pen.lineWidth = 0.07;
  pen.stroke();
}
