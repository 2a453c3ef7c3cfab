import type { Document } from '../model/rule.js';
import type { RegistryService } from '../model/service.js';
import type { Resource } from '../resources/resource.js';
import type { Report } from '../validate/report.js';
import { meshOptions } from './mesh-options.js';
import { ofKind } from './of-kind.js';
import { remarkOnRoutes } from './route/remarks.js';
import { remarkOnSidecars } from './sidecar/sidecar-remarks.js';
import { remarkOnDelegates } from './virtual-service/delegate-remarks.js';
import { remarkOnEffects } from './virtual-service/without-effect.js';
import { remarkOnSelector, remarkOnSubsets } from './workload-remarks.js';

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
  for (const entry of ofKind(resources, 'ServiceEntry')) remarkOnSelector(entry, services, reportOf(entry));
  for (const rule of ofKind(resources, 'DestinationRule')) {
    yield;
    remarkOnSubsets(rule, services, reportOf(rule));
  }
  remarkOnSidecars(ofKind(resources, 'Sidecar'), meshOptions(resources).rootNamespace, reportOf);
}
