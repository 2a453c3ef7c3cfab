import { contentsOf, type RouteTable } from '../compile/table.js';
import type { OutboundTrafficPolicy } from '../workload.js';

/** Whether some service makes the sidecar listen for HTTP on the port; without it no rule looks at a request to the port. */
export function listens(table: RouteTable, port: number): boolean {
  return contentsOf(table).ports.has(port);
}

/** The ports that are listened to for HTTP without TLS, in the order of the rules. */
export function plainPorts(table: RouteTable): number[] {
  return [...contentsOf(table).ports].filter(([, { byServerName }]) => !byServerName).map(([port]) => port);
}

/** Where a request for a host that nobody knows goes, by all that has a say in it. */
export function outboundTrafficPolicyOf(table: RouteTable): OutboundTrafficPolicy {
  return contentsOf(table).mesh.outboundTrafficPolicy;
}
