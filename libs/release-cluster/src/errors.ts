/** Another process goes on with the release: it has written into its memory since this one read it. */
export class TakenOverError extends Error {
  readonly code = 'RELEASE_TAKEN_OVER';
  override readonly name = 'TakenOverError';
}

/** What the cluster keeps of a release is gone, or is not what grayscale writes. */
export class RecordError extends Error {
  readonly code = 'RELEASE_RECORD';
  override readonly name = 'RecordError';
}
