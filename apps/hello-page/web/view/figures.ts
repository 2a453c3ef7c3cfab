/** Writes numbers in the page's language. */
export interface Figures {
  /** A share of 0-1, as `88.4 %`. */
  percent(share: number): string;
  count(value: number): string;
  milliseconds(value: number | undefined): string;
  /** A time of day. */
  time(at: number | Date): string;
}

export function figuresOf(locale: string): Figures {
  const percent = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const count = new Intl.NumberFormat(locale);
  const milliseconds = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 });
  const time = new Intl.DateTimeFormat(locale, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hour12: false,
  });
  return {
    percent: (share) => `${percent.format(100 * share)}\u00a0%`,
    count: (value) => count.format(value),
    milliseconds: (value) => (value === undefined ? '–' : `${milliseconds.format(value)}\u00a0ms`),
    time: (at) => time.format(at),
  };
}
