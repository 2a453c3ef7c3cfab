/** `12,345`. */
export function count(number: number): string {
  return Math.round(number).toLocaleString('en-US');
}

/** `0.12 %`, with as many digits as tell something; never more than four decimals. */
export function percentText(percent: number): string {
  const decimals = percent === 0 || percent >= 10 ? 1 : Math.min(4, 2 - Math.floor(Math.log10(percent)) - 1);
  return `${Number(percent.toFixed(decimals))} %`;
}

const units: [name: string, milliseconds: number][] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
];

/** `3 d 4 h`, `12 min`, `1.5 s`: the two largest units that there are. */
export function durationText(milliseconds: number): string {
  if (milliseconds < 10_000) return `${Number((milliseconds / 1000).toFixed(1))} s`;
  const seconds = Math.round(milliseconds / 1000) * 1000;
  const first = units.findIndex(([, size]) => seconds >= size);
  let rest = seconds;
  const parts = units.slice(first, first + 2).flatMap(([name, size]) => {
    const whole = Math.floor(rest / size);
    rest -= whole * size;
    return whole === 0 ? [] : [`${whole} ${name}`];
  });
  return parts.join(' ');
}
