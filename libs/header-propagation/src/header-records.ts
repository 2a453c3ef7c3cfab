import { checkHeaders, checkText } from './argument-checks.js';
import type { HeaderRecord } from './captured.js';
import { asText, encodeFieldValue } from './field-value.js';
import { reading } from './option-checks.js';
import type { LowerCaseHeaders } from './rules/reader.js';
import type { IncomingHeaders } from './rules/rule.js';

/** Node's headers are in lower case already; anything else is brought there. */
export function lowerCase(headers: IncomingHeaders): LowerCaseHeaders {
  if (typeof headers.get === 'function') return Object.fromEntries(headers as Headers);
  const record = headers as LowerCaseHeaders;
  for (const name in record) {
    if (name !== name.toLowerCase()) {
      return Object.fromEntries(Object.entries(record).map(([key, value]) => [key.toLowerCase(), value]));
    }
  }
  return record;
}

/**
 * A web `Headers` holds bytes where it came from a request, and text where a program filled it.
 *
 * @param caller what it is an argument of
 * @throws HeaderPropagationError when a value is not text
 */
export function encoded(headers: IncomingHeaders, caller: string): LowerCaseHeaders {
  const record = reading({ path: caller, code: 'INVALID_OPTION' }, () => checkedRecord(headers, caller));
  const encode =
    typeof headers.get === 'function' ? (value: string) => encodeFieldValue(asText(value)) : encodeFieldValue;
  return mapped(record, encode);
}

function checkedRecord(headers: IncomingHeaders, caller: string): LowerCaseHeaders {
  checkHeaders(headers, caller);
  const record = lowerCase(headers);
  for (const name of Object.keys(record)) checkText(record[name], `${caller}.${name}`);
  return record;
}

/** As text. */
export function decoded(headers: HeaderRecord): HeaderRecord {
  return mapped(headers, asText) as HeaderRecord;
}

function mapped(headers: LowerCaseHeaders, change: (value: string) => string): LowerCaseHeaders {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      typeof value === 'string' ? change(value) : value?.map(change),
    ]),
  );
}
