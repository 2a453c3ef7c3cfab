import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient } from './api-client.js';
import { ApiError, ApiUnreachableError, type RequestSubject } from './errors.js';
import type { KubernetesObject, ObjectSelector, Resources } from './resources.js';

/** What a watch tells: the whole set, then each change of it. */
export type WatchEvent<Kind extends KubernetesObject> =
  | { type: 'listed'; objects: readonly Kind[] }
  | { type: 'added' | 'modified' | 'deleted'; object: Kind }
  /** The server does not answer, or not as it should; the watch goes on by itself. */
  | { type: 'interrupted'; error: Error }
  /** After that: the server answers again. */
  | { type: 'resumed' };

/** What is watched; all namespaces unless one is named. */
export interface WatchOptions {
  readonly namespace?: string;
  readonly selector?: ObjectSelector;
  readonly signal: AbortSignal;
}

/** The longest pause between two attempts to reach a server that does not answer, in milliseconds. */
const longestPauseMs = 30_000;

/** The server ends a watch after this time, in seconds. */
const watchSeconds = 240;

/** Without a word for longer than a watch lasts, the connection has died: the machine slept, or a network changed. */
const silenceMs = (watchSeconds + 15) * 1000;

/** A watch that tells nothing and ends sooner than this, in milliseconds, has failed: what ends it must not be asked again at once, over and over. */
const shortestMs = 1000;

interface RawEvent<Kind> {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  object: Kind & { code?: number; message?: string; reason?: string };
}

/** How far a watch has come, over all of its connections. */
interface Progress {
  /** Of the last object seen; undefined: everything is to be listed anew. */
  version: string | undefined;
  /** In a row. */
  failures: number;
  isInterrupted: boolean;
}

/**
 * Follows the objects of a kind until the signal aborts: a list, then changes from where the list ended. A broken connection is resumed
 * at the last version seen (bookmarks move it while nothing changes); a version that the server has forgotten (410) is listed anew.
 * @throws ApiError that asking again cannot mend: 401, 403, 404
 */
export async function* watch<Kind extends KubernetesObject>(
  resources: Resources<Kind>,
  options: WatchOptions,
): AsyncGenerator<WatchEvent<Kind>> {
  const progress: Progress = { version: undefined, failures: 0, isInterrupted: false };
  while (!options.signal.aborted) {
    try {
      yield* followOnce(resources, options, progress);
    } catch (error) {
      if (options.signal.aborted) return;
      if (isFinal(error)) throw error;
      if (isExpired(error)) {
        progress.version = undefined;
        if (progress.failures > 0) await pause(progress.failures, options.signal);
        progress.failures += 1;
      } else {
        progress.failures += 1;
        progress.isInterrupted = true;
        yield { type: 'interrupted', error: error as Error };
        await pause(progress.failures, options.signal);
      }
    }
  }
}

/** One connection, until the server ends it: a list where no version is known, then what changes. */
async function* followOnce<Kind extends KubernetesObject>(
  resources: Resources<Kind>,
  options: WatchOptions,
  progress: Progress,
): AsyncGenerator<WatchEvent<Kind>> {
  if (progress.version === undefined) {
    const { metadata, items } = await resources.list(options.namespace, options.selector);
    progress.version = metadata.resourceVersion;
    yield { type: 'listed', objects: items };
  }
  const told = await changes(resources, progress.version, options);
  if (progress.isInterrupted) yield { type: 'resumed' };
  progress.isInterrupted = false;
  const openedAt = performance.now();
  let isSilent = true;
  for await (const { type, object } of told) {
    progress.failures = 0;
    isSilent = false;
    if (type === 'ERROR') throw toldError(resources, object);
    progress.version = object.metadata.resourceVersion ?? progress.version;
    if (type !== 'BOOKMARK') yield { type: lowerCase[type], object };
  }
  if (isSilent && performance.now() - openedAt < shortestMs) throw endedAtOnce(resources);
}

const lowerCase = { ADDED: 'added', MODIFIED: 'modified', DELETED: 'deleted' } as const;

function changes<Kind extends KubernetesObject>(
  resources: Resources<Kind>,
  resourceVersion: string,
  { namespace, selector, signal }: WatchOptions,
): Promise<AsyncIterable<RawEvent<Kind>>> {
  const query = {
    ...selector,
    watch: true,
    resourceVersion,
    allowWatchBookmarks: true,
    timeoutSeconds: watchSeconds,
  };
  const path = resources.path(namespace);
  const subject = resources.subject('watch', namespace);
  const lines = resources.client.open({ method: 'GET', path, query, signal, subject }, silenceMs);
  return lines as Promise<AsyncIterable<RawEvent<Kind>>>;
}

/** The server's own words for why a watch ends, sent in the place of an object. */
function toldError(
  resources: { subject(verb: string): RequestSubject },
  { code = 500, reason = '', message = '' }: RawEvent<unknown>['object'],
): ApiError {
  return new ApiError(code, reason, resources.subject('watch'), message);
}

function endedAtOnce(resources: { client: ApiClient; subject(verb: string): RequestSubject }): Error {
  const cause = new Error('it ended a watch as soon as it had begun');
  return new ApiUnreachableError(resources.client.access.server, resources.subject('watch'), { cause });
}

function isFinal(error: unknown): boolean {
  return error instanceof ApiError && [401, 403, 404].includes(error.status) && !isExpired(error);
}

function isExpired(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 410 || error.reason === 'Expired');
}

/** Doubling from half a second, with some chance in it: many watchers must not return at once. */
async function pause(failures: number, signal: AbortSignal): Promise<void> {
  const longest = Math.min(longestPauseMs, 500 * 2 ** Math.min(failures - 1, 10));
  await delay(longest * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
}
