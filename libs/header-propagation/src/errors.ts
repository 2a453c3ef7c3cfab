/** What may be wrong with the options; `docs/api.md` lists each with an example. */
export type HeaderPropagationErrorCode =
  | 'INVALID_HEADER_NAME'
  | 'WILDCARD_NOT_ALLOWED'
  | 'CONNECTION_HEADER'
  | 'INVALID_RULE'
  | 'INVALID_TARGET'
  | 'INVALID_ACCEPT'
  | 'INVALID_LIMIT'
  | 'INVALID_OPTION'
  | 'UNKNOWN_OPTION';

/**
 * A mistake in the options, thrown when the propagation is created and never while a request is served.
 * The message says where it is and what to write instead.
 */
export class HeaderPropagationError extends Error {
  override readonly name = 'HeaderPropagationError';

  constructor(
    readonly code: HeaderPropagationErrorCode,
    message: string,
  ) {
    super(message);
  }
}
