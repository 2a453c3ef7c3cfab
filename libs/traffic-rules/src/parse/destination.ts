import type { Destination, Headers } from '../resources/virtual-service.js';
import { list, map, mapped, message } from './decode.js';
import type { Decoder } from './decoder.js';
import { string, text, uint32 } from './scalar.js';

/** A port selector; `{}` selects the port 0, which validation refuses. */
export const portNumber: Decoder<number> = mapped(
  message({ number: uint32('8080') }),
  ({ number }) => number ?? 0,
);

const fields = message({ host: text, subset: text, port: portNumber });

export const destination: Decoder<Destination> = mapped(fields, (decoded) => ({
  ...decoded,
  host: decoded.host ?? '',
}));

const operations = message({ set: map(string), add: map(string), remove: list(string) });

const headerOperations = mapped(operations, (decoded) => ({
  set: decoded.set ?? {},
  add: decoded.add ?? {},
  remove: decoded.remove ?? [],
}));

export const headers: Decoder<Headers> = message({ request: headerOperations, response: headerOperations });
