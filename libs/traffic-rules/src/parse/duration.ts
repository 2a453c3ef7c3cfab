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

const form = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/;
const part = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g;
/** Go keeps durations in a signed 64-bit count of nanoseconds. */
const limit = 2 ** 63;

/** Reads a duration as Go's `time.ParseDuration` does (`1h30m`, `0.5s`, `0`); in milliseconds, undefined when it is none. */
export function parseDuration(text: string): number | undefined {
  if (/^[+-]?0$/.test(text)) return 0;
  if (!form.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(part))
    total += Number(amount) * (nanoseconds[unit ?? ''] ?? 0);
  if (total >= limit) return undefined;
  const milliseconds = Math.trunc(total) / 1e6;
  return text.startsWith('-') && milliseconds !== 0 ? -milliseconds : milliseconds;
}
