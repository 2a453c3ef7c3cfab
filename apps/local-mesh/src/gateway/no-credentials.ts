/** Why a server cannot end TLS, for a person: the rest of a sentence that says which. */
export class NoCredentials extends Error {
  override readonly name = 'NoCredentials';
}
