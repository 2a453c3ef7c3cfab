import { contentsOf, type PortTable, type RouteTable, type TableContents } from '../compile/table.js';
import type { Issue } from '../issue.js';
import type { Document } from '../model/place.js';
import type { HostRules } from '../model/rule.js';
import { Report } from '../validate/report.js';

/** Rules that may decide for the workload, and where they do. */
export interface Deciding {
  owner: HostRules;
  /** On which they have at least one virtual host. */
  ports: ReadonlySet<number>;
  /** Of those the ones that a client would dial: a registered service's own, port 80 for other hosts. */
  dialled: ReadonlySet<number>;
  /** The names of their virtual hosts: of services, and hosts that no service has. */
  served: ReadonlySet<string>;
}

/** The resources as one workload sees them, and the issues found in them. */
export class MeshView {
  readonly table: TableContents;
  /** In the order in which the first wins. */
  readonly deciding: readonly Deciding[];
  /** Whether the files tell where pods of Services listen. */
  readonly hasEndpointSlices: boolean;
  /** Whether the files, or what is assumed of them, register any host. */
  readonly hasServices: boolean;
  private readonly reports = new Map<Document, Report>();

  constructor(readonly routes: RouteTable) {
    this.table = contentsOf(routes);
    this.hasServices = this.table.mesh.services.size > 0 || this.table.resources.some(isRegistration);
    this.hasEndpointSlices = this.table.resources.some(({ kind }) => kind === 'EndpointSlice');
    const found = new Map(
      this.table.mesh.rules.map((owner) => [
        owner,
        { owner, ports: new Set<number>(), dialled: new Set<number>(), served: new Set<string>() },
      ]),
    );
    for (const { port, hosts } of portTables(this.table))
      for (const { owner, sources = owner && [owner], name } of hosts.values())
        for (const source of sources ?? []) {
          const deciding = found.get(source);
          deciding?.ports.add(port);
          deciding?.served.add(name);
          if (this.isDialled(name, port)) deciding?.dialled.add(port);
        }
    this.deciding = [...found.values()];
  }

  private isDialled(name: string, port: number): boolean {
    const { services, gateway } = this.table.mesh;
    if (gateway !== undefined) return true;
    return services.get(name)?.ports.every(({ number }) => number !== port) !== true;
  }

  report(document: Document): Report {
    let report = this.reports.get(document);
    if (report === undefined) {
      report = new Report(document);
      this.reports.set(document, report);
    }
    return report;
  }

  /** In the order of the resources. */
  issues(): Issue[] {
    const { resources, undiscovered } = this.table;
    return [...resources, ...undiscovered].flatMap((resource) => this.reports.get(resource)?.issues ?? []);
  }
}

function isRegistration({ kind }: { kind: string }): boolean {
  return kind === 'Service' || kind === 'ServiceEntry';
}

/** Of a gateway's port in TLS there is one for each server. */
export function* portTables({ ports }: TableContents): Generator<PortTable, void> {
  for (const table of new Set(ports.values())) {
    yield table;
    yield* new Set(table.byServerName?.values());
  }
}
