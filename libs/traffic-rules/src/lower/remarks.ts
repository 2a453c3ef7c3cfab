import type { Document } from '../model/rule.js';
import type { Resource } from '../resources/resource.js';
import type { ServiceEntry } from '../resources/service-entry.js';
import type { Report } from '../validate/report.js';
import { ofKind } from './of-kind.js';
import { remarkOnDelegates } from './virtual-service/delegate-remarks.js';
import { remarkOnEffects } from './virtual-service/without-effect.js';

/** What documents say and their rules then do not have, in the words of each kind. */
export function* remarkOnResources(
  resources: readonly Resource[],
  reportOf: (document: Document) => Report,
): Generator<undefined, void> {
  const virtualServices = ofKind(resources, 'VirtualService');
  for (const document of virtualServices) {
    yield;
    remarkOnEffects(document, reportOf(document));
  }
  yield* remarkOnDelegates(virtualServices, reportOf);
  for (const entry of ofKind(resources, 'ServiceEntry')) remarkOnSelector(entry, reportOf(entry));
}

/** Workloads are selected in a cluster; outside of it there are none. */
function remarkOnSelector({ spec }: ServiceEntry, report: Report): void {
  if (spec.workloadSelector === undefined) return;
  const message =
    'the entry selects workloads of the cluster, and a laptop has none: requests get 503 here. Write endpoints with addresses instead.';
  report.warning('selector-not-honoured', 'spec.workloadSelector', message);
}
