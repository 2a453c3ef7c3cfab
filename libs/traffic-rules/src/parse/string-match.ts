import type { StringMatch } from '../resources/string-match.js';
import type { Cursor } from './cursor.js';
import { type Decoder, mapped, message } from './decode.js';
import { string } from './scalar.js';

const forms = message({ exact: string, prefix: string, regex: string });

/** Of several forms istiod keeps the last in this order; the API server refuses them. */
export const stringMatch: Decoder<StringMatch> = mapped(forms, (decoded, at): StringMatch => {
  reportConflict(at, decoded);
  if (decoded.regex !== undefined) return { kind: 'regex', value: decoded.regex };
  if (decoded.prefix !== undefined) return { kind: 'prefix', value: decoded.prefix };
  if (decoded.exact !== undefined) return { kind: 'exact', value: decoded.exact };
  return { kind: 'present' };
});

/** Fields of which a document may have one; the webhook lets several pass, the API server's schema does not. */
export function reportConflict(at: Cursor, alternatives: Readonly<Record<string, unknown>>): void {
  const written = Object.keys(alternatives);
  if (written.length < 2) return;
  const kept =
    written.length === 2 ? `keep either ${written.join(' or ')}` : `keep one of ${written.join(', ')}`;
  at.report(
    'field-conflict',
    `${written.join(' and ')} exclude each other, and the API server refuses both; ${kept}.`,
    'warning',
  );
}
