import { InvalidArgumentError } from 'commander';

/** Gathers the values of an option that may be repeated. */
export function gather(text: string, earlier: string[] | undefined): string[] {
  return [...(earlier ?? []), text];
}

/** Reads a whole number within bounds. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}

const labelPart = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

/** Reads `app=hello-page,version=v1`, by Kubernetes' rules for labels. */
export function labels(text: string): Record<string, string> {
  const pairs = text.split(',').filter((pair) => pair !== '');
  return Object.fromEntries(pairs.map(label));
}

function label(pair: string): [string, string] {
  const [key = '', value, ...more] = pair.split('=');
  const name = key.slice(key.indexOf('/') + 1);
  const isLabel =
    name !== '' && labelPart.test(name) && value !== undefined && labelPart.test(value) && more.length === 0;
  if (!isLabel) throw new InvalidArgumentError(`${pair} is not KEY=VALUE, for instance app=hello-page.`);
  return [key, value];
}

/** Reads the name of a namespace. */
export function namespace(text: string): string {
  if (/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(text)) return text;
  throw new InvalidArgumentError('Write lower-case letters, digits and dashes, for instance hello-page.');
}

const unitsMs: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

const longestMs = 30 * 24 * 3_600_000;

/** Reads `500ms`, `10s`, `5m`, `1h`; in milliseconds. */
export function duration(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? [];
  const milliseconds = Number(number) * (unitsMs[unit ?? ''] ?? Number.NaN);
  if (milliseconds > 0 && milliseconds <= longestMs) return milliseconds;
  throw new InvalidArgumentError('Write a number and a unit, for instance 500ms, 10s, 5m or 1h.');
}

/** As {@link duration}, and `0`. */
export function durationOrZero(text: string): number {
  return /^0(?:ms|s|m|h)?$/.test(text) ? 0 : duration(text);
}
