import { qualifyHost } from '../compile/host-name.js';
import type { HttpRule } from '../resources/virtual-service.js';
import { isAuthority } from '../validate/header-names.js';
import type { MeshView } from './mesh-view.js';

/** Splits between the mesh and the outside world, where the outside gets a Host that it does not know. */
export function warnOfMixedSplits(view: MeshView): void {
  for (const { document } of view.deciding)
    document.spec.http.forEach((rule, index) => {
      const outside = externalIn(rule, document.metadata.namespace, view);
      if (outside === undefined) return;
      const path = `spec.http[${index}].route[${outside.index}].destination`;
      const message = `the split sends the same Host, ${document.spec.hosts[0] ?? ''}, into the mesh and to ${outside.host} outside of it, which may serve its own name only. If so, write headers: { request: { set: { Host: ${outside.host} } } } for this destination.`;
      view.report(document).warning('split-mixes-hosts', path, message);
    });
}

/** The first destination outside of the mesh that keeps the client's Host, in a split with one inside. */
function externalIn(
  rule: HttpRule,
  namespace: string,
  view: MeshView,
): { index: number; host: string } | undefined {
  if (rule.route.length < 2 || rule.rewrite?.authority !== undefined || setsHost(rule.headers))
    return undefined;
  let inMesh = false;
  let outside: { index: number; host: string } | undefined;
  rule.route.forEach(({ destination, weight = 0, headers }, index) => {
    const service = view.table.services.get(qualifyHost(destination.host, namespace));
    if (service === undefined || weight === 0) return;
    const external =
      service.kind === 'ServiceEntry' && view.entryOf(service)?.spec.location === 'MESH_EXTERNAL';
    if (!external) inMesh = true;
    else if (outside === undefined && !setsHost(headers)) outside = { index, host: destination.host };
  });
  return inMesh ? outside : undefined;
}

function setsHost(headers: HttpRule['headers']): boolean {
  return [...Object.keys(headers?.request?.set ?? {}), ...Object.keys(headers?.request?.add ?? {})].some(
    isAuthority,
  );
}
