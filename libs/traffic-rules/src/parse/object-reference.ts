import type { ObjectReference } from '../resources/gateway-api.js';
import { mapped, message } from './decode.js';
import type { Decoder } from './decoder.js';
import { int32, string, text } from './scalar.js';

/** The fields of a reference of the Gateway API to another object. */
export const referenceFields = {
  group: string,
  kind: string,
  name: string,
  namespace: text,
  port: int32('8080'),
};

/** A reference to a backend: a Service, unless it says otherwise. */
export const objectReference: Decoder<ObjectReference> = mapped(
  message(referenceFields, 'ignored'),
  (decoded) => ({
    ...decoded,
    group: decoded.group ?? '',
    kind: decoded.kind ?? 'Service',
    name: decoded.name ?? '',
  }),
);
