import { ApiError, ApiUnreachableError } from '@grayscale/cluster-client';

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

/** Whether a write was refused because somebody else wrote in between. */
export function isConflict(error: unknown): boolean {
  return error instanceof ApiError && error.status === 409;
}

/** Whether the same request may be answered another time. */
export function mayPass(error: unknown): boolean {
  return error instanceof ApiUnreachableError || (error instanceof ApiError && error.isTemporary);
}
