import { meshGateway } from '../../model/gateway.js';
import type { Document } from '../../model/place.js';
import { isSubset } from '../../model/service.js';
import type { Resource } from '../../resources/resource.js';
import type { VirtualService } from '../../resources/virtual-service.js';
import { isJwtClaim } from '../../validate/header-names.js';
import { member, type Report } from '../../validate/report.js';
import { qualifyGateway } from '../gateway/gateway-name.js';
import { meshOptions } from '../mesh-options.js';
import { istioGateways, ofKind } from '../of-kind.js';
import { type PodOrController, podsOf } from '../pods.js';

/**
 * Rules that match on a claim at a gateway whose workload reads no tokens (istioctl's IST0149, which knows pods alone). Where the files have
 * no workload of the gateway, it and its RequestAuthentication are somewhere else.
 */
export function remarkOnJwtClaims(
  virtualServices: readonly VirtualService[],
  resources: readonly Resource[],
  reportOf: (document: Document) => Report,
): void {
  const claiming = virtualServices.flatMap((document) => {
    const claim = firstClaim(document);
    return claim === undefined ? [] : [{ document, claim }];
  });
  if (claiming.length === 0) return;
  const unprotected = workloadsWithoutAuthentication(resources);
  const selectors = new Map(
    istioGateways(resources).map(({ metadata, spec }) => [nameOf(metadata), spec.selector]),
  );
  for (const { document, claim } of claiming)
    for (const gateway of gatewaysOf(document, virtualServices)) {
      const selector = selectors.get(gateway);
      const workload = selector && unprotected.find(({ labels }) => isSubset(selector, labels));
      if (workload !== undefined)
        reportOf(document).warning('jwt-claim-without-authentication', claim, messageOf(gateway, workload));
    }
}

function messageOf(gateway: string, { kind, namespace, name }: PodOrController): string {
  return `no RequestAuthentication applies to ${kind} ${namespace}/${name}, which serves the Gateway ${gateway}: it reads no token, so no request has the claim. Write a RequestAuthentication in ${namespace} that selects it.`;
}

function workloadsWithoutAuthentication(resources: readonly Resource[]): PodOrController[] {
  const { rootNamespace } = meshOptions(resources);
  const authentications = ofKind(resources, 'RequestAuthentication');
  return podsOf(resources).filter(
    ({ namespace, labels }) =>
      !authentications.some(
        ({ metadata, selector }) =>
          [namespace, rootNamespace].includes(metadata.namespace) && isSubset(selector, labels),
      ),
  );
}

/** Those that the rules are told to; a delegate's are those of the roots that lead to it. */
function gatewaysOf(document: VirtualService, all: readonly VirtualService[]): Set<string> {
  const own = nameOf(document.metadata);
  const roots =
    document.spec.hosts.length > 0
      ? [document]
      : all.filter(({ spec, metadata }) =>
          spec.http.some(
            ({ delegate }) =>
              delegate !== undefined &&
              `${delegate.namespace ?? metadata.namespace}/${delegate.name}` === own,
          ),
        );
  const names = roots.flatMap(({ spec, metadata }) =>
    spec.gateways.map((written) => qualifyGateway(written, metadata.namespace)),
  );
  return new Set(names.filter((name) => name !== meshGateway));
}

/** The path of the first match on a claim. */
function firstClaim({ spec }: VirtualService): string | undefined {
  for (const [ruleIndex, { match }] of spec.http.entries())
    for (const [matchIndex, conditions] of match.entries())
      for (const field of ['headers', 'withoutHeaders'] as const)
        for (const name of Object.keys(conditions[field]).filter(isJwtClaim))
          return member(`spec.http[${ruleIndex}].match[${matchIndex}].${field}`, name);
  return undefined;
}

function nameOf({ namespace, name }: VirtualService['metadata']): string {
  return `${namespace}/${name}`;
}
