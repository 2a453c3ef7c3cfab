import { isIPv6 } from 'node:net';

/** An environment variable: how its text is read, what it may be, and what it is when unset. */
export interface Setting<Value> {
  /** Ends the sentence "it must be". */
  readonly expected: string;
  /** Undefined when the text cannot be used. */
  readonly parse: (text: string) => Value | undefined;
  readonly fallback: Value;
}

/** A set of settings by the names of their environment variables. */
export type SettingsShape = Readonly<Record<string, Setting<unknown>>>;

/** The values that a {@link SettingsShape} gives. */
export type Settings<Shape extends SettingsShape> = {
  [Name in keyof Shape]: Shape[Name] extends Setting<infer Value> ? Value : never;
};

/** One or more environment variables that cannot be used; `problems` has a line for each. */
export class SettingsError extends Error {
  readonly code = 'SETTINGS_INVALID';

  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'SettingsError';
  }
}

function setting<Value>(
  expected: string,
  fallback: Value,
  read: (text: string) => Value | undefined,
): Setting<Value> {
  return { expected, fallback, parse: (text) => read(text.trim()) };
}

/** A whole number in decimal digits, within a range that includes both ends. */
export function wholeNumber(range: { min: number; max: number; default: number }) {
  return setting(`a whole number from ${range.min} to ${range.max}`, range.default, (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    return value >= range.min && value <= range.max ? value : undefined;
  });
}

/** A share of requests in percent: 0 to 100, fractions allowed (`0.5`). */
export function percentage(fallback: number) {
  return setting('a percentage from 0 to 100, without the sign (15 means 15 %)', fallback, (text) => {
    const value = /^\d{1,3}(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    return value <= 100 ? value : undefined;
  });
}

/** One of a few words. */
export function choice<const Word extends string>(words: readonly Word[], fallback: NoInfer<Word>) {
  return setting<Word>(`one of ${words.join(', ')}`, fallback, (text) => words.find((word) => word === text));
}

/** A host name or an IP address, without scheme, port or path. IPv6 may stand in brackets; the value is without them. */
export function hostName(fallback: string) {
  return setting('a host name or an IP address, without scheme, port or path', fallback, (text) => {
    const address = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
    if (text.includes(':')) return isIPv6(address) && !address.includes('%') ? address : undefined;
    return /^[\w.-]+$/.test(text) && URL.canParse(`http://${text}/`) ? text : undefined;
  });
}

/** The URL of an HTTP server, optional: `http://127.0.0.1:15001`. As curl does, `host:port` alone is taken as http. */
export function httpUrl() {
  const expected = 'the URL of an HTTP server, such as http://127.0.0.1:15001';
  return setting<string | undefined>(expected, undefined, (text) => {
    const url = text.includes('://') ? text : `http://${text}`;
    return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol) ? url : undefined;
  });
}

/** Any text, optional. */
export function text(): Setting<string | undefined> {
  return { expected: 'a text', fallback: undefined, parse: (text) => text };
}

/**
 * Reads settings from environment variables. An empty variable counts as unset.
 * @throws SettingsError that names every bad variable, its value and what it may be
 */
export function readSettings<Shape extends SettingsShape>(
  shape: Shape,
  environment: NodeJS.ProcessEnv,
): Settings<Shape> {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, { expected, parse, fallback }] of Object.entries(shape)) {
    const given = environment[name];
    values[name] = given?.trim() ? parse(given) : fallback;
    if (given?.trim() && values[name] === undefined) {
      problems.push(`${name} is ${quoted(given)}; it must be ${expected}`);
    }
  }
  if (problems.length > 0) throw new SettingsError(problems);
  return values as Settings<Shape>;
}

/** Long values are cut and the password of a URL is hidden: this text ends up in logs. */
function quoted(value: string): string {
  const shown = value.replace(/\/\/[^/@]*@/, '//***@');
  return JSON.stringify(shown.length > 80 ? `${shown.slice(0, 80)}...` : shown);
}
