import type { Document } from '../model/place.js';
import type { RegistryService } from '../model/service.js';
import type { Resource } from '../resources/resource.js';
import type { Report } from '../validate/report.js';
import { remarkOnAnnotations } from './annotations/annotation-remarks.js';
import { remarkOnIstioGateways } from './gateway/gateway-remarks.js';
import { meshOptions } from './mesh-options.js';
import { istioGateways, kubernetesGateways, ofKind } from './of-kind.js';
import { podsOf } from './pods.js';
import { remarkOnRoutes } from './route/remarks.js';
import { remarkOnAddresses, remarkOnPortNames, remarkOnProtocols } from './service-remarks.js';
import { remarkOnSidecars } from './sidecar/sidecar-remarks.js';
import { remarkOnTls } from './tls-remarks.js';
import { remarkOnDelegates } from './virtual-service/delegate-remarks.js';
import { remarkOnGateways } from './virtual-service/gateway-remarks.js';
import { remarkOnJwtClaims } from './virtual-service/jwt-claim-remarks.js';
import { remarkOnEffects } from './virtual-service/without-effect.js';
import { remarkOnSelector, remarkOnServiceSelector, remarkOnSubsets } from './workload-remarks.js';

/** What documents say and their rules then do not have, in the words of each kind. */
export function* remarkOnResources(
  resources: readonly Resource[],
  services: ReadonlyMap<string, RegistryService>,
  reportOf: (document: Document) => Report,
): Generator<undefined, void> {
  const virtualServices = ofKind(resources, 'VirtualService');
  for (const document of virtualServices) {
    yield;
    remarkOnEffects(document, reportOf(document));
  }
  yield* remarkOnDelegates(virtualServices, reportOf);
  yield* remarkOnRoutes(resources, reportOf);
  remarkOnGateways(
    virtualServices,
    { istio: istioGateways(resources), api: kubernetesGateways(resources) },
    reportOf,
  );
  remarkOnIstioGateways(resources, reportOf);
  remarkOnAnnotations(resources, reportOf);
  remarkOnJwtClaims(virtualServices, resources, reportOf);
  const entries = ofKind(resources, 'ServiceEntry');
  for (const entry of entries) {
    remarkOnSelector(entry, services, reportOf(entry));
    remarkOnAddresses(entry, reportOf(entry));
  }
  remarkOnProtocols(entries, reportOf);
  const workloads = { pods: podsOf(resources), slices: ofKind(resources, 'EndpointSlice') };
  for (const service of ofKind(resources, 'Service')) {
    remarkOnPortNames(service, reportOf(service));
    remarkOnServiceSelector(service, workloads, reportOf(service));
  }
  for (const rule of ofKind(resources, 'DestinationRule')) {
    yield;
    remarkOnSubsets(rule, services, reportOf(rule));
    remarkOnTls(rule, reportOf(rule));
  }
  remarkOnSidecars(ofKind(resources, 'Sidecar'), meshOptions(resources).rootNamespace, reportOf);
}
