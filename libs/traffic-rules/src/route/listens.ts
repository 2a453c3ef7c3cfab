import { contentsOf, type RouteTable } from '../compile/table.js';

/** Whether some service makes the sidecar listen for HTTP on the port; without it no rule looks at a request to the port. */
export function listens(table: RouteTable, port: number): boolean {
  return contentsOf(table).ports.has(port);
}
