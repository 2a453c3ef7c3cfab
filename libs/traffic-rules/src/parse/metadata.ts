import type { Metadata } from '../resources/metadata.js';
import { map, mapped, message } from './decode.js';
import type { Decoder } from './decoder.js';
import { string, text } from './scalar.js';

/** Fields that the API server fills in (uid, managedFields, ...) are passed over. */
const fields = message(
  { name: text, namespace: text, labels: map(string), annotations: map(string), creationTimestamp: string },
  'ignored',
);

export const metadata: Decoder<Metadata> = mapped(fields, ({ creationTimestamp, ...decoded }) => ({
  name: decoded.name ?? '',
  namespace: decoded.namespace ?? 'default',
  labels: decoded.labels ?? {},
  annotations: decoded.annotations ?? {},
  ...timestamp(creationTimestamp),
}));

function timestamp(written: string | undefined): { creationTimestamp?: number } {
  const milliseconds = Date.parse(written ?? '');
  return Number.isNaN(milliseconds) ? {} : { creationTimestamp: milliseconds };
}
