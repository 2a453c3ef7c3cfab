import uPlot from 'uplot';
import { chartSize, shareAxes, shareScale } from '../chart/share-axes.js';
import type { Colours } from '../colours.js';
import type { ObservedShare } from './release-state.js';

/** Draws the new version's share over the run: wanted as dashed steps, observed with its interval as a band. */
export class ObservedChart {
  readonly #element: HTMLElement;
  #plot: uPlot | undefined;
  #style: { colours: Colours; locale: string } | undefined;

  constructor(element: HTMLElement) {
    this.#element = element;
    new ResizeObserver(() => this.#plot?.setSize(chartSize(this.#element))).observe(element);
  }

  draw(series: readonly ObservedShare[], colours: Colours, locale: string): void {
    const data: uPlot.AlignedData = [
      series.map(({ at }) => at / 1000),
      series.map(({ high }) => high ?? null),
      series.map(({ low }) => low ?? null),
      series.map(({ share }) => share ?? null),
      series.map(({ wanted }) => wanted),
    ];
    const sameStyle = this.#style?.locale === locale && this.#style.colours.ink === colours.ink;
    if (this.#plot && sameStyle) this.#plot.setData(data);
    else this.#rebuild(data, colours, locale);
  }

  #rebuild(data: uPlot.AlignedData, colours: Colours, locale: string): void {
    this.#plot?.destroy();
    this.#style = { colours, locale };
    this.#plot = new uPlot(this.#options(colours, locale), data, this.#element);
  }

  #options(colours: Colours, locale: string): uPlot.Options {
    const stroke = colours.answers[1] ?? colours.accent;
    const edge = { stroke: 'transparent', points: { show: false } };
    const stepped = uPlot.paths.stepped?.({ align: 1 });
    return {
      ...chartSize(this.#element),
      legend: { show: false },
      cursor: { show: false },
      padding: [8, 28, 0, 0],
      scales: { x: { time: true }, y: shareScale },
      bands: [{ series: [1, 2], fill: translucent(stroke) }],
      series: [
        {},
        edge,
        edge,
        { stroke, width: 2, points: { show: false } },
        {
          stroke: colours.ink,
          width: 1.5,
          dash: [5, 5],
          points: { show: false },
          ...(stepped && { paths: stepped }),
        },
      ],
      axes: shareAxes(colours, locale),
    };
  }
}

/** The colour at a fifth of its strength; computed colours are written `rgb(r, g, b)`. */
function translucent(colour: string): string {
  return colour.replace(/^rgb\((.*)\)$/, 'rgba($1, 0.2)');
}
