import type { Arm, ArmView } from '@grayscale/release';
import { qualifyHost, type Resource } from '@grayscale/traffic-rules';
import { fingerprint } from './written-texts.js';

const ofService = /^([^.]+)\.([^.]+)\.svc\./;

/**
 * What stands behind an arm as far as files tell: the Service and its endpoints, or the ServiceEntry, and the labels of its subset. Where none of the
 * files has them, nothing is known of it, which holds nothing.
 * @param arm with its host in full
 */
export function armView(resources: readonly Resource[], arm: Arm): ArmView {
  const behind = resources.flatMap((resource) => partOf(resource, arm));
  if (behind.length === 0) return {};
  const ready = behind.flatMap(({ ready }) => ready ?? []);
  return {
    identity: fingerprint(JSON.stringify(behind.map(({ content }) => content).sort())),
    ...(ready.length === 0 ? {} : { readyEndpoints: ready.reduce((sum, count) => sum + count, 0) }),
  };
}

/** A document that says what answers for a host. */
interface Part {
  /** The same for the same meaning. */
  content: string;
  /** How many endpoints are ready, where it lists them. */
  ready?: number;
}

function partOf(resource: Resource, { host, subset }: Arm): Part[] {
  const [, name, namespace] = ofService.exec(host) ?? [];
  const { metadata } = resource;
  switch (resource.kind) {
    case 'ServiceEntry':
      return resource.spec.hosts.includes(host) ? [part(resource.kind, resource.spec)] : [];
    case 'Service':
      return metadata.name === name && metadata.namespace === namespace
        ? [part(resource.kind, resource.spec)]
        : [];
    case 'EndpointSlice': {
      const { endpoints, ports } = resource;
      const belongs =
        metadata.labels['kubernetes.io/service-name'] === name && metadata.namespace === namespace;
      if (!belongs) return [];
      // Whether an endpoint is ready says nothing of what it is.
      const addresses = endpoints.flatMap((endpoint) => endpoint.addresses).sort();
      return [
        {
          ...part(resource.kind, { addresses, ports }),
          ready: endpoints.filter(({ ready }) => ready).length,
        },
      ];
    }
    case 'DestinationRule': {
      const labels = resource.spec.subsets.find(({ name }) => name === subset)?.labels;
      const isOfHost = qualifyHost(resource.spec.host, metadata.namespace) === host;
      return labels === undefined || !isOfHost ? [] : [part(resource.kind, Object.entries(labels).sort())];
    }
    default:
      return [];
  }
}

function part(kind: Resource['kind'], meaning: object): Part {
  return { content: JSON.stringify([kind, meaning]) };
}
