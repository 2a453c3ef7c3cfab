import { locationOf, type Resource } from '@grayscale/traffic-rules';
import { fileError, type ManifestIssue, type Place } from './file-issue.js';

/** What our own code threw over a file, as an issue: a fault of ours must neither end a process nor lose rules. */
export function engineFailure(place: Place, error: unknown): ManifestIssue {
  const what = error instanceof Error ? `${error.name}: ${error.message}` : typeof error;
  const [line = ''] = what.slice(0, 200).split('\n', 1);
  const message = `grayscale failed on this (${line}). That is a bug in grayscale, whatever the file says; please report it with the file.`;
  return fileError('engine-failure', place, message);
}

/** Where the resource stands that makes the work fail by itself; if none does, the first one. */
export function culprit(resources: readonly Resource[], work: (some: readonly Resource[]) => unknown): Place {
  const found = resources.find((resource) => fails(() => work([resource]))) ?? resources[0];
  return found === undefined ? { file: '' } : locationOf(found.source);
}

function fails(work: () => unknown): boolean {
  try {
    work();
    return false;
  } catch {
    return true;
  }
}
