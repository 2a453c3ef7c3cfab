import { readFile } from 'node:fs/promises';
import {
  checkManifests,
  issueLine,
  type ManifestIssue,
  type ManifestSet,
  placeText,
  readManifests,
} from '@grayscale/manifest-files';
import { HeaderPropagationError } from '../errors.js';
import { headerName } from '../header-name.js';
import { show } from '../option-checks.js';
import type { MatchedHeader } from '../rules/rule.js';

/**
 * The headers that the routing rules in these manifests match on, as rules that send them on: each once, in the order of
 * their names, with the places that match. Every service on the way to a rule has to send on what it matches, so the
 * rules of all namespaces count.
 *
 * @param paths files, folders and kustomizations, as `grayscale -f` takes them; or one JSON file that
 *   `grayscale headers` has written, for an image that holds no manifests
 * @throws HeaderPropagationError when the manifests cannot be put in force, with the place of each error
 */
export async function fromManifests(...paths: string[]): Promise<MatchedHeader[]> {
  checkPaths(paths);
  const [path] = paths;
  if (paths.length === 1 && path?.endsWith('.json')) return written(path, await readText(path));
  return fromManifestSet(await readManifests(paths));
}

function checkPaths(paths: readonly unknown[]): void {
  if (paths.length === 0)
    throw new HeaderPropagationError('INVALID_OPTION', 'fromManifests: no path. Write one, such as "k8s".');
  for (const [index, path] of paths.entries()) {
    if (typeof path === 'string' && path !== '') continue;
    throw new HeaderPropagationError(
      'INVALID_OPTION',
      `fromManifests: argument ${index + 1}: ${show(path)} is not a path. Write each path as text of its own, such as fromManifests("k8s/public", "k8s/internal").`,
    );
  }
}

/** As {@link fromManifests}, of rules that were read already, for instance from a cluster. */
export function fromManifestSet(set: ManifestSet): MatchedHeader[] {
  const everywhere = { labels: {}, outboundTrafficPolicy: 'ALLOW_ANY' } as const;
  const { resources, issues, table } = checkManifests(set, { namespace: 'default', ...everywhere });
  if (table === undefined) throw notInForce(issues);
  const namespaces = new Set(['default', ...resources.map(({ metadata }) => metadata.namespace)]);
  const found = [...namespaces].flatMap(
    (namespace) => checkManifests(set, { namespace, ...everywhere }, { forwardedHeaders: [] }).issues,
  );
  return byName(found.filter(({ code }) => code === 'header-not-forwarded'));
}

const LAST_OF_PATH = /(?:\.([^.[\]]+)|\[("(?:[^"\\]|\\.)*")\])$/;

/** One entry for each header, with all its places. */
function byName(issues: readonly ManifestIssue[]): MatchedHeader[] {
  const places = new Map<string, Set<string>>();
  for (const issue of issues) {
    const [, plain, quoted] = LAST_OF_PATH.exec(issue.path) ?? [];
    const name = (plain ?? JSON.parse(quoted ?? '""')).toLowerCase();
    places.set(name, (places.get(name) ?? new Set()).add(placeText(issue)));
  }
  return [...places]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([header, where]) => ({ header, place: [...where].join(', ') }));
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new HeaderPropagationError(
      'INVALID_OPTION',
      `fromManifests: cannot read ${path}: ${(error as Error).message}`,
    );
  }
}

function written(path: string, text: string): MatchedHeader[] {
  const refuse = (what: string) =>
    new HeaderPropagationError(
      'INVALID_OPTION',
      `fromManifests: ${path}: ${what}. Write the file anew: grayscale headers -f MANIFESTS > ${path}`,
    );
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch (error) {
    throw refuse((error as Error).message);
  }
  if (!Array.isArray(list)) throw refuse('not a list');
  return list.map(({ header, place }: Partial<MatchedHeader> = {}, index) => {
    if (typeof place !== 'string') throw refuse(`[${index}].place: ${show(place)} is not a place`);
    return { header: headerName(header as string, `${path}[${index}].header`), place };
  });
}

function notInForce(issues: readonly ManifestIssue[]): HeaderPropagationError {
  const errors = issues.filter(({ severity }) => severity === 'error');
  const lines = errors.slice(0, 10).map(issueLine);
  const more = errors.length > 10 ? [`... and ${errors.length - 10} more`] : [];
  return new HeaderPropagationError(
    'INVALID_OPTION',
    ['fromManifests: these rules cannot be put in force; correct them first.', ...lines, ...more].join('\n'),
  );
}
