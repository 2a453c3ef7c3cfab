import { z } from 'zod';

/** A set of settings: the environment variable's name and how its text is read. */
export type SettingsShape = z.ZodRawShape;

/** The values that a {@link SettingsShape} gives. */
export type Settings<Shape extends SettingsShape> = z.output<z.ZodObject<Shape>>;

/** One or more environment variables that cannot be used; `problems` has a line for each. */
export class SettingsError extends Error {
  readonly code = 'SETTINGS_INVALID';

  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'SettingsError';
  }
}

function setting<Value>(expected: string, parse: (text: string) => Value | undefined) {
  return z.string().transform((text, context) => {
    const value = parse(text.trim());
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: expected });
    return z.NEVER;
  });
}

/** A whole number in decimal digits, within a range that includes both ends. */
export function wholeNumber(range: { min: number; max: number; default: number }) {
  return setting(`a whole number from ${range.min} to ${range.max}`, (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    return value >= range.min && value <= range.max ? value : undefined;
  }).default(range.default);
}

/** A share of requests in percent: 0 to 100, fractions allowed (`0.5`). */
export function percentage(fallback: number) {
  return setting('a percentage from 0 to 100, without the sign (15 means 15 %)', (text) => {
    const value = /^\d{1,3}(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    return value <= 100 ? value : undefined;
  }).default(fallback);
}

/** One of a few words. */
export function choice<const Word extends string>(words: readonly Word[], fallback: NoInfer<Word>) {
  const word = setting(`one of ${words.join(', ')}`, (text) => words.find((candidate) => candidate === text));
  return word.prefault(fallback);
}

/** A host name or an IP address, without scheme, port or path. */
export function hostName(fallback: string) {
  return setting('a host name or an IP address, without scheme, port or path', (text) =>
    isHost(text) ? text : undefined,
  ).default(fallback);
}

function isHost(text: string): boolean {
  const bracketed = text.includes(':') ? `[${text.replace(/^\[|\]$/g, '')}]` : text;
  return /^[\w.:[\]-]+$/.test(text) && URL.canParse(`http://${bracketed}/`);
}

/** The URL of an HTTP server, optional: `http://127.0.0.1:15001`. As curl does, `host:port` alone is taken as http. */
export function httpUrl() {
  return setting('the URL of an HTTP server, such as http://127.0.0.1:15001', (text) => {
    const url = text.includes('://') ? text : `http://${text}`;
    return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol) ? url : undefined;
  }).optional();
}

/** Any text, optional. */
export function text() {
  return z.string().optional();
}

/**
 * Reads settings from environment variables. An empty variable counts as unset.
 * @throws SettingsError that names every bad variable, its value and what it may be
 */
export function readSettings<Shape extends SettingsShape>(
  shape: Shape,
  environment: NodeJS.ProcessEnv,
): Settings<Shape> {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value?.trim()));
  const result = z.object(shape).safeParse(given);
  if (result.success) return result.data;
  throw new SettingsError(
    result.error.issues.map(({ path, message }) => {
      const name = String(path[0]);
      return `${name} is ${quoted(given[name])}; it must be ${message}`;
    }),
  );
}

/** Long values are cut and the password of a URL is hidden: this text ends up in logs. */
function quoted(value: string | undefined): string {
  const shown = (value ?? '').replace(/\/\/[^/@]*@/, '//***@');
  return JSON.stringify(shown.length > 80 ? `${shown.slice(0, 80)}...` : shown);
}
