import {
  type Cluster,
  clustersOf,
  describeRules,
  qualifyHost,
  type Resource,
} from '@grayscale/traffic-rules';
import type { RuleSet } from './rule-set.js';

/** The clusters of the services that the workload's rules send to. */
export function destinationsOf({ resources, table }: RuleSet): Cluster[] {
  const deciding = new Set(
    describeRules(table).map(({ resource }) => `${resource.namespace}/${resource.name}`),
  );
  const hosts = new Set(resources.flatMap((resource) => hostsSentTo(resource, deciding)));
  return [...clustersOf(table)].filter(({ service }) => hosts.has(service.host));
}

/** The namespaces that the workload's rules are in and send to, and its own. */
export function namespacesConcerned(set: RuleSet, own: string): ReadonlySet<string> {
  const rules = describeRules(set.table).map(({ resource }) => resource.namespace);
  return new Set([own, ...rules, ...destinationsOf(set).map(({ service }) => service.namespace)]);
}

function hostsSentTo(resource: Resource, deciding: ReadonlySet<string>): string[] {
  const { namespace, name } = resource.metadata;
  if (resource.kind !== 'VirtualService' || !deciding.has(`${namespace}/${name}`)) return [];
  return resource.spec.http.flatMap(({ route }) =>
    route.map(({ destination }) => qualifyHost(destination.host, namespace)),
  );
}
