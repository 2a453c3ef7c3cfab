import type { Destination, HeaderOperations, Headers } from '../resources/virtual-service.js';
import { list, map, mapped, message, messageOf } from './decode.js';
import type { Decoder } from './decoder.js';
import { string, text, uint32 } from './scalar.js';

/** A port selector; `{}` selects the port 0, which validation refuses. */
export const portNumber: Decoder<number> = mapped(
  message({ number: uint32('8080') }),
  ({ number }) => number ?? 0,
);

export const destination = messageOf<Destination>(
  { host: text, subset: text, port: portNumber },
  { host: '' },
);

/** What stands for a destination that is not written. */
export const nowhere: Destination = { host: '' };

const headerOperations = messageOf<HeaderOperations>(
  { set: map(string), add: map(string), remove: list(string) },
  { set: {}, add: {}, remove: [] },
);

export const headers = messageOf<Headers>({ request: headerOperations, response: headerOperations }, {});
