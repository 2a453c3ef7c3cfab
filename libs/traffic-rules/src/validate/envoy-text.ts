import { quote } from '../fields/describe.js';
import type { Report } from './report.js';

/** Begins each warning about what Istio accepts and Envoy refuses. */
export const refusal =
  'Istio accepts this, but Envoy refuses every rule of the port because of it and keeps the rules it had before';

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const forbidden = /[\u0000\r\n]/;
const longestHeader = 16_384;
const longestQueryParameter = 1024;

/**
 * A text that Envoy writes into a header, a path or an authority must not contain NUL, CR or LF
 * (envoy, validate.rules well_known_regex HTTP_HEADER_NAME and HTTP_HEADER_VALUE, not strict: `^[^\x00\n\r]*$`).
 */
export function warnOfLineBreak(text: string | undefined, path: string, report: Report): void {
  if (text === undefined || !forbidden.test(text)) return;
  report.warning(
    'envoy-refuses-character',
    path,
    `${refusal}: the line break or NUL in ${quote(text)}. Write the text on one line, without control characters.`,
  );
}

/** The name or value of a header that a rule writes: as {@link warnOfLineBreak}, and of limited length. */
export function warnOfHeaderText(text: string, path: string, report: Report): void {
  warnOfLineBreak(text, path, report);
  warnOfLength(text, longestHeader, path, report);
}

/** The name of a query parameter to match on. */
export function warnOfQueryParameter(name: string, path: string, report: Report): void {
  warnOfEmptyName(name, path, report);
  warnOfLength(name, longestQueryParameter, path, report);
}

/** Envoy asks for a name of at least one character. */
export function warnOfEmptyName(name: string, path: string, report: Report): void {
  if (name === '')
    report.warning(
      'envoy-refuses-length',
      path,
      `${refusal}: the empty name. Write a name, for instance user.`,
    );
}

function warnOfLength(text: string, longest: number, path: string, report: Report): void {
  const bytes = Buffer.byteLength(text);
  if (bytes > longest)
    report.warning(
      'envoy-refuses-length',
      path,
      `${refusal}: a text of ${bytes} bytes. Write at most ${longest}.`,
    );
}
