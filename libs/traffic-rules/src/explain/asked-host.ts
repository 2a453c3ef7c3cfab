import type { TableContents } from '../compile/table.js';

/** A host as the client wrote it, and as its service is called in full. */
export class AskedHost {
  readonly names: ReadonlySet<string>;
  readonly #spellings: readonly string[];
  readonly service: TableContents['mesh']['services'] extends ReadonlyMap<string, infer S>
    ? S | undefined
    : never;

  constructor(
    { mesh, workload }: TableContents,
    readonly asked: string,
  ) {
    const spellings = [
      asked,
      `${asked}.${workload.namespace}.svc.cluster.local`,
      `${asked}.svc.cluster.local`,
      `${asked}.cluster.local`,
    ];
    this.#spellings = spellings;
    const full = spellings.find((name) => mesh.services.has(name)) ?? asked;
    this.service = mesh.services.get(full);
    this.names = new Set([asked, full]);
  }

  /** Whether it is a way to spell that name, or lies under that wildcard. */
  mayMean(name: string): boolean {
    return this.#spellings.includes(name) || (name.startsWith('*') && this.asked.endsWith(name.slice(1)));
  }

  isAmong(hosts: readonly string[]): boolean {
    return hosts.some((host) => this.names.has(host));
  }
}
