import {
  analyzeInSteps,
  compile,
  gatewayClients,
  type Issue,
  type Resource,
  type Workload,
} from '@grayscale/traffic-rules';

/** What is about all clients of a host at once, and said for one of them already. */
const ofAllClients: ReadonlySet<string> = new Set(['destination-rule-unused']);

/**
 * What rules do together at the gateways that they are bound to, beyond what is known: a rule for a gateway does not take
 * part in the table of any sidecar.
 */
export function* atOtherGateways(
  resources: readonly Resource[],
  client: Workload,
  { known }: { known: ReadonlyArray<Pick<Issue, 'file' | 'resource' | 'path'> & { code: string }> },
): Generator<undefined, Issue[]> {
  const seen = new Set(known.map(keyOf));
  const found: Issue[] = [];
  const tables = new Map(
    gatewayClients(resources).map(({ workload }) => [JSON.stringify(workload), workload]),
  );
  tables.delete(JSON.stringify(client));
  for (const workload of tables.values()) {
    const issues = yield* analyzeInSteps(compile(resources, workload), { known });
    for (const issue of issues) {
      if (seen.has(keyOf(issue)) || ofAllClients.has(issue.code)) continue;
      seen.add(keyOf(issue));
      found.push(issue);
    }
  }
  return found;
}

function keyOf({
  file,
  resource,
  path,
  code,
}: {
  file: string;
  resource: string;
  path: string;
  code: string;
}): string {
  return [file, resource, path, code].join('\n');
}
