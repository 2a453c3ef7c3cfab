import type { DestinationName } from '../model/action.js';
import type { RegistryService } from '../model/service.js';
import type { Report } from '../validate/report.js';
import type { MeshView } from './mesh-view.js';

interface Alias {
  service: RegistryService;
  path: string;
  /** What comes of it: `requests get 503`. */
  effect: string;
  report: Report;
}

/**
 * Destinations that are a Service of type ExternalName: it stands for its target on its own ports alone, and the target has to be
 * registered (recorded: `scope-external-name`, `bug-external-name`).
 * @param dialled the ports on which clients ask for the rule's hosts
 */
export function warnOfAlias(
  { table }: MeshView,
  { port }: DestinationName,
  dialled: ReadonlySet<number>,
  { service, path, effect, report }: Alias,
): void {
  const { host, externalName = '', ports } = service;
  const target = table.mesh.services.get(externalName);
  const own = ports.map(({ number }) => number);
  const lost = [...dialled].filter((number) => !own.includes(number));
  if (lost.length > 0 && table.mesh.gateway === undefined)
    report.warning(
      'destination-port-missing',
      path,
      `${host} stands for ${externalName} only where clients dial one of its own ports (${own.join(', ') || 'it has none'}), and they dial ${lost.join(', ')}: ${effect} there. Write that port in the Service, or route to ${externalName} itself.`,
    );
  else if (target === undefined)
    report.warning(
      'destination-unknown-host',
      `${path}.host`,
      `${host} stands for ${externalName}, and no Service and no ServiceEntry has that host: ${effect}. Write a ServiceEntry for it.`,
    );
  else if (port !== undefined && !target.ports.some(({ number }) => number === port))
    report.warning(
      'destination-unknown-port',
      path,
      `${host} stands for ${externalName}, which has only ${target.ports.map(({ number }) => number).join(', ')}, not ${port}: ${effect}. Write one of its ports.`,
    );
}
