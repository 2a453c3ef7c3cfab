import type { Entry, ResourceReference } from '../../model/place.js';
import type { Requirement } from '../../model/requirement.js';
import type { Destination, HttpRule, VirtualService } from '../../resources/virtual-service.js';
import type { Source } from '../../source.js';
import { lazyLocation } from '../lazy-location.js';
import { qualifyHost } from '../short-name.js';
import { requirementsOf } from './requirements.js';

/** An entry of `spec.http` with its place and qualified hosts, its matches as requirements; delegates are merged in this form. */
export interface SourcedRule {
  document: VirtualService;
  http: HttpRule;
  entry: Entry;
  /** The document of a delegate that the rule came from. */
  delegate?: ResourceReference;
  matches: readonly SourcedMatch[];
}

export interface SourcedMatch {
  entry: Entry;
  requirements: readonly Requirement[];
  /** Counts when delegates are merged, even where there is no path. */
  ignoreUriCase: boolean;
}

/** The rules of a document itself; those of its delegates are not among them. */
export function sourcedRules(document: VirtualService): SourcedRule[] {
  const { source, metadata } = document;
  return document.spec.http.map((http, index) => {
    const path = `spec.http[${index}]`;
    return {
      document,
      http: qualifyDestinations(http, metadata.namespace),
      entry: entryOf(http.name, index, path, source),
      matches: http.match.map((match, position) => {
        const entry = entryOf(match.name, position, `${path}.match[${position}]`, source);
        const requirements = requirementsOf(match, { document, path: entry.path });
        return { entry, requirements, ignoreUriCase: match.ignoreUriCase };
      }),
    };
  });
}

function entryOf(name: string | undefined, index: number, path: string, source: Source): Entry {
  return { index, path, ...(name && { name }), location: lazyLocation(source, path) };
}

function qualifyDestinations(http: HttpRule, namespace: string): HttpRule {
  const qualify = (destination: Destination): Destination => {
    const host = qualifyHost(destination.host, namespace);
    return host === destination.host ? destination : { ...destination, host };
  };
  return {
    ...http,
    route: http.route.map((entry) => ({ ...entry, destination: qualify(entry.destination) })),
    mirrors: http.mirrors.map((entry) => ({ ...entry, destination: qualify(entry.destination) })),
    ...(http.mirror !== undefined && { mirror: qualify(http.mirror) }),
  };
}
