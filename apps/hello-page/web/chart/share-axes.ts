import type uPlot from 'uplot';
import type { Colours } from '../colours.js';

/** The scale of a share in percent, with some room so that lines at 0 and 100 are seen whole. */
export const shareScale: uPlot.Scale = { range: [-2, 102] };

/** Time of day below, shares of 0 to 100 % on the left. */
export function shareAxes(colours: Colours, locale: string): uPlot.Axis[] {
  const clock = new Intl.DateTimeFormat(locale, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hour12: false,
  });
  const axis = {
    stroke: colours.soft,
    grid: { stroke: colours.faint, width: 1 },
    ticks: { show: false },
    font: '12px system-ui, sans-serif',
  };
  return [
    {
      ...axis,
      space: 90,
      size: 30,
      values: (_, splits) => splits.map((split) => clock.format(split * 1000)),
    },
    {
      ...axis,
      size: 48,
      splits: () => [0, 25, 50, 75, 100],
      values: (_, splits) => splits.map((split) => `${split} %`),
    },
  ];
}

/** As large as the element that the chart stands in; never nothing, which uPlot cannot draw. */
export function chartSize({ clientWidth, clientHeight }: HTMLElement): { width: number; height: number } {
  return { width: Math.max(1, clientWidth), height: Math.max(1, clientHeight) };
}
