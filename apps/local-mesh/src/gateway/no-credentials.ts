/** Why a server cannot end TLS, for a person: the rest of a sentence that says which. */
export class NoCredentials extends Error {
  override readonly name = 'NoCredentials';

  /** @param lacks what there is to be done about: a certificate of its own, authorities for its clients, or nothing */
  constructor(
    message: string,
    readonly lacks: 'certificate' | 'authorities' | 'mesh' = 'certificate',
  ) {
    super(message);
  }
}
