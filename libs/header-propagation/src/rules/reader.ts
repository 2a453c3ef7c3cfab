import { asBytes } from '../field-value.js';
import { memberValue, parseBaggage } from './baggage.js';
import { cookieValue } from './cookie.js';
import { queryValues } from './query.js';
import type { IncomingDetails, Source } from './rule.js';

/** Headers by their names in lower case. */
export type LowerCaseHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Finds a rule's values in a request as bytes; undefined when there is none. */
export type Reader = (
  headers: LowerCaseHeaders,
  url: string,
  details: IncomingDetails | undefined,
) => string | readonly string[] | undefined;

/** @param whole whether a baggage member stays one: with its properties, still encoded */
export function readerFor(source: Source, from: string, whole: boolean): Reader {
  if (source === 'header') return (headers, _, details) => headerValues(headers, from, details);
  if (source === 'query') return (_, url) => queryReader(url, from);
  if (source === 'cookie') return (headers) => firstOf(headers.cookie, (text) => cookieValue(text, from));
  return (headers) => firstOf(headers.baggage, (text) => baggageValue(text, from, whole));
}

function headerValues(headers: LowerCaseHeaders, name: string, details: IncomingDetails | undefined) {
  const value = headers[name];
  // Not only absent: a header named "constructor" would find what every object inherits.
  if (typeof value !== 'string') return Array.isArray(value) && value.length > 0 ? value : undefined;
  // Node joins a repeated header with ", "; only such a value is worth the look at the raw ones.
  if (details !== undefined && value.includes(', ')) {
    const distinct = details.headersDistinct?.[name];
    if (distinct !== undefined && distinct.length > 1) return distinct;
  }
  return value;
}

function queryReader(url: string, name: string) {
  const values = queryValues(url, name);
  return values.length > 1 ? values : values[0];
}

function baggageValue(header: string, key: string, whole: boolean): string | undefined {
  const member = parseBaggage(header).find((candidate) => candidate.key === key);
  if (member === undefined) return undefined;
  return whole ? member.text : memberValue(member) || undefined;
}

function firstOf(
  values: string | readonly string[] | undefined,
  find: (text: string) => string | undefined,
): string | undefined {
  if (values === undefined) return undefined;
  for (const text of typeof values === 'string' ? [values] : values) {
    const found = find(asBytes(text));
    if (found !== undefined) return found;
  }
  return undefined;
}
