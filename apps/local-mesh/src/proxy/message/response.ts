import type { HeaderList } from './header-list.js';

/** An answer's head as it came, whatever the protocol. */
export interface ResponseHead {
  status: number;
  headers: HeaderList;
  /** Bytes of the body as they were announced, whether a body follows or not; undefined: unknown. */
  bodyLength: number | undefined;
}

/** An answer's head as it is to be sent, after all rules; how it is framed is up to the protocol. */
export interface OutgoingResponse {
  status: number;
  /** Names and values in turn. */
  headers: readonly string[];
  /** Bytes of the body; undefined: unknown. */
  bodyLength: number | undefined;
  /** The client's connection ends after this answer, where its protocol has one answer at a time. */
  close: boolean;
}
