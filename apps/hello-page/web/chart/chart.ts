import uPlot from 'uplot';
import type { Colours } from '../colours.js';
import type { Palette } from '../palette.js';
import { chartSize, shareAxes, shareScale } from './share-axes.js';
import { answerKey, chartSeconds, errorKey, type MarkCause, type ShareSeries } from './share-series.js';

export interface ChartOptions {
  element: HTMLElement;
  palette: Palette;
  colours: Colours;
  locale: string;
  markTexts: Record<MarkCause, string>;
}

/** Draws the shares over time with uPlot; wanted shares are dashed, changes of the rules are vertical lines. */
export class ShareChart {
  readonly #options: ChartOptions;
  #plot: uPlot | undefined;
  #keys = '';
  #series: ShareSeries | undefined;

  constructor(options: ChartOptions) {
    this.#options = options;
    new ResizeObserver(() => this.#plot?.setSize(chartSize(this.#options.element))).observe(options.element);
  }

  /** New colours or another language. */
  restyle(style: Pick<ChartOptions, 'colours' | 'locale' | 'markTexts'>): void {
    Object.assign(this.#options, style);
    this.#keys = '';
    if (this.#series) this.draw(this.#series, Date.now());
  }

  /** Draws the series up to `now`, in milliseconds since the epoch. */
  draw(series: ShareSeries, now: number): void {
    this.#series = series;
    const data = [series.times, ...series.shares, ...series.wanted] as uPlot.AlignedData;
    const keys = series.keys.join('\n');
    if (keys !== this.#keys || !this.#plot) this.#rebuild(series, data);
    else this.#plot.setData(data, false);
    this.#keys = keys;
    const end = now / 1000;
    const begin = Math.max(end - chartSeconds, Math.min(series.times[0] ?? end, end - 30));
    this.#plot?.setScale('x', { min: begin, max: end });
  }

  #rebuild(series: ShareSeries, data: uPlot.AlignedData): void {
    this.#plot?.destroy();
    this.#plot = new uPlot(this.#plotOptions(series), data, this.#options.element);
  }

  #plotOptions(series: ShareSeries): uPlot.Options {
    const { colours, locale } = this.#options;
    const lines = series.keys.map((key) => ({
      stroke: this.#colourOf(key),
      width: 2,
      points: { show: false },
      spanGaps: true,
    }));
    const paths = uPlot.paths.stepped?.({ align: 1 }) ?? null;
    const wanted = lines.map((line) => ({ ...line, width: 1.5, dash: [5, 5], spanGaps: false, paths }));
    return {
      ...chartSize(this.#options.element),
      legend: { show: false },
      cursor: { show: false },
      padding: [8, 28, 0, 0],
      scales: { x: { time: true, auto: false }, y: shareScale },
      series: [{}, ...lines, ...wanted],
      axes: shareAxes(colours, locale),
      hooks: { draw: [(plot) => this.#drawMarks(plot)] },
    };
  }

  #drawMarks(plot: uPlot): void {
    const { ctx, bbox } = plot;
    const ratio = window.devicePixelRatio;
    ctx.save();
    ctx.font = `${11 * ratio}px system-ui, sans-serif`;
    ctx.fillStyle = this.#options.colours.soft;
    for (const { at, cause } of this.#series?.marks ?? []) {
      const x = plot.valToPos(at, 'x', true);
      if (x < bbox.left || x > bbox.left + bbox.width) continue;
      this.#drawLine(ctx, x, bbox, ratio);
      this.#drawMarkText(ctx, this.#options.markTexts[cause], x, bbox, ratio);
    }
    ctx.restore();
  }

  #drawLine(ctx: CanvasRenderingContext2D, x: number, bbox: uPlot.BBox, ratio: number): void {
    ctx.setLineDash([2 * ratio, 3 * ratio]);
    ctx.lineWidth = ratio;
    ctx.strokeStyle = this.#options.colours.soft;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }

  #drawMarkText(
    ctx: CanvasRenderingContext2D,
    text: string,
    x: number,
    bbox: uPlot.BBox,
    ratio: number,
  ): void {
    const toTheLeft = x + ctx.measureText(text).width + 12 * ratio > bbox.left + bbox.width;
    ctx.textAlign = toTheLeft ? 'right' : 'left';
    const [left, top] = [x + (toTheLeft ? -5 : 5) * ratio, bbox.top + 16 * ratio];
    // A rim in the card's colour keeps the words readable on a line.
    ctx.setLineDash([]);
    ctx.lineWidth = 4 * ratio;
    ctx.strokeStyle = this.#options.colours.card;
    ctx.strokeText(text, left, top);
    ctx.fillText(text, left, top);
  }

  #colourOf(key: string): string {
    const { colours, palette } = this.#options;
    if (key === errorKey) return colours.error;
    return colours.answers[palette.slotOf(key.slice(answerKey('').length))] ?? colours.ink;
  }
}
