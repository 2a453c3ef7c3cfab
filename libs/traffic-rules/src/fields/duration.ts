const nanoseconds: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

/** One amount with its unit, tried at one place only: an expression for the whole text takes exponential time on some. */
const part = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y;
/** Go keeps durations in a signed 64-bit count of nanoseconds. */
const limit = 2 ** 63;

/** Reads a duration as Go's `time.ParseDuration` does (`1h30m`, `0.5s`, `0`); in milliseconds, undefined when it is none. */
export function parseDuration(text: string): number | undefined {
  if (/^[+-]?0$/.test(text)) return 0;
  const total = sumOfParts(text, /^[+-]/.test(text) ? 1 : 0);
  if (total === undefined || total >= limit) return undefined;
  const milliseconds = Math.trunc(total) / 1e6;
  return text.startsWith('-') && milliseconds !== 0 ? -milliseconds : milliseconds;
}

/** In nanoseconds; undefined unless the text from `start` on is one amount after the other. */
function sumOfParts(text: string, start: number): number | undefined {
  let total: number | undefined;
  for (part.lastIndex = start; part.lastIndex < text.length; ) {
    const [, amount, unit] = part.exec(text) ?? [];
    if (unit === undefined) return undefined;
    total = (total ?? 0) + Number(amount) * (nanoseconds[unit] ?? 0);
  }
  return total;
}
