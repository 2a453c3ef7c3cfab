import type { StringMatch } from '../resources/string-match.js';
import { mapped, message } from './decode.js';
import type { Decoder } from './decoder.js';
import { string } from './scalar.js';

const forms = message({ exact: string, prefix: string, regex: string });

/** Of several forms istiod keeps the last in this order; the API server refuses them. */
export const stringMatch: Decoder<StringMatch> = mapped(forms, (decoded): StringMatch => {
  if (decoded.regex !== undefined) return { kind: 'regex', value: decoded.regex };
  if (decoded.prefix !== undefined) return { kind: 'prefix', value: decoded.prefix };
  if (decoded.exact !== undefined) return { kind: 'exact', value: decoded.exact };
  return { kind: 'present' };
});
