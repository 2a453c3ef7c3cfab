/** A message that may not be passed on: what to answer before the connection is closed. */
export class MalformedMessage extends Error {
  override name = 'MalformedMessage';

  constructor(
    readonly status: 400 | 404 | 426 | 431 | 501,
    /** Envoy's words for it in the access log. */
    readonly details: string,
    /** Envoy answers some of them without a body. */
    readonly emptyBody = false,
  ) {
    super(`${status} ${details}`);
  }
}
