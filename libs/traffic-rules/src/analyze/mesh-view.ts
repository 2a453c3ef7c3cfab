import type { RegistryService } from '../compile/registry.js';
import { contentsOf, type RouteTable, type TableContents } from '../compile/table.js';
import type { PreparedVirtualService } from '../compile/virtual-service.js';
import type { Issue } from '../issue.js';
import type { Resource } from '../resources/resource.js';
import type { ServiceEntry } from '../resources/service-entry.js';
import type { VirtualService } from '../resources/virtual-service.js';
import { Report } from '../validate/report.js';

/** A VirtualService that decides for the workload, as it was written and as it was compiled. */
export interface Deciding {
  document: VirtualService;
  prepared: PreparedVirtualService;
  /** On which it routes at least one host. */
  ports: ReadonlySet<number>;
}

/** The resources as one workload sees them, and the issues found in them. */
export class MeshView {
  readonly table: TableContents;
  /** In the order in which the first wins. */
  readonly deciding: readonly Deciding[];
  private readonly reports = new Map<Resource, Report>();

  constructor(readonly routes: RouteTable) {
    this.table = contentsOf(routes);
    const ports = servedPorts(this.table);
    const documents = new Map(this.ofKind('VirtualService').map((document) => [keyOf(document), document]));
    this.deciding = this.table.virtualServices.flatMap((prepared) => {
      const { namespace, name, location } = prepared.reference;
      const document = documents.get(keyOf({ metadata: { namespace, name }, source: location }));
      return document === undefined
        ? []
        : [{ document, prepared, ports: ports.get(prepared) ?? new Set<number>() }];
    });
  }

  ofKind<K extends Resource['kind']>(kind: K): Array<Extract<Resource, { kind: K }>> {
    return this.table.resources.filter(
      (resource): resource is Extract<Resource, { kind: K }> => resource.kind === kind,
    );
  }

  report(resource: Resource): Report {
    let report = this.reports.get(resource);
    if (report === undefined) {
      report = new Report(resource);
      this.reports.set(resource, report);
    }
    return report;
  }

  /** In the order of the resources. */
  issues(): Issue[] {
    return this.table.resources.flatMap((resource) => this.reports.get(resource)?.issues ?? []);
  }

  /** The ServiceEntry that a service of the registry comes from. */
  entryOf(service: RegistryService): ServiceEntry | undefined {
    return this.ofKind('ServiceEntry').find(({ metadata }) => metadata === service.metadata);
  }
}

interface Named {
  metadata: { namespace: string; name: string };
  source: { file: string; line: number; column: number };
}

function keyOf({ metadata, source }: Named): string {
  return JSON.stringify([metadata.namespace, metadata.name, source.file, source.line, source.column]);
}

/** On which ports each VirtualService got a virtual host. */
function servedPorts({
  ports,
  services,
  virtualServices,
}: TableContents): Map<PreparedVirtualService, Set<number>> {
  const served = new Map<PreparedVirtualService, Set<number>>();
  const add = (virtualService: PreparedVirtualService | undefined, port: number) => {
    if (virtualService === undefined) return;
    const known = served.get(virtualService);
    if (known === undefined) served.set(virtualService, new Set([port]));
    else known.add(port);
  };
  for (const { host, ports: own } of services.values())
    for (const { number } of own) add(ports.get(number)?.hosts.findCovering(host)?.virtualService, number);
  for (const virtualService of virtualServices)
    for (const [port, { hosts }] of ports)
      if (virtualService.hosts.some((host) => hosts.findCovering(host)?.virtualService === virtualService))
        add(virtualService, port);
  return served;
}
