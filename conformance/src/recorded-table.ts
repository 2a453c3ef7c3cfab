import { compile, parse, type Resource, type RouteTable, type Workload } from '@grayscale/traffic-rules';
import { type Case, type CaseRequest, fixture, gatewayFixture } from './cases.ts';

/** The workload whose sidecar was asked. */
export const sidecarWorkload: Workload = { namespace: 'hello-page', labels: { app: 'hello-page' } };

/** The ingress gateway that was asked. */
export const gatewayWorkload: Workload = {
  namespace: 'istio-system',
  labels: { istio: 'ingressgateway', app: 'istio-ingressgateway' },
  proxy: 'gateway',
};

/** Whose table decides the request. */
export function clientOf({ proxy }: Case, { from }: CaseRequest): 'sidecar' | 'gateway' {
  return proxy === 'gateway' && from !== 'sidecar' ? 'gateway' : 'sidecar';
}

/** The table that the rules of a case come to, for a request of it. */
export function tableFor(recording: Case, request: CaseRequest): RouteTable {
  const client = clientOf(recording, request) === 'gateway' ? gatewayWorkload : sidecarWorkload;
  return compile(resourcesOf(recording), client);
}

/** The tables of one recording, each made once. */
export class RecordedTables {
  readonly #tables = new Map<string, RouteTable>();

  constructor(private readonly recording: Case) {}

  for(request: CaseRequest): RouteTable {
    const client = clientOf(this.recording, request);
    const table = this.#tables.get(client) ?? tableFor(this.recording, request);
    this.#tables.set(client, table);
    return table;
  }
}

/** All that was there, as old as it was: the fixture was there before, and the rest is in the order of creation where that was recorded. */
export function resourcesOf({ id, config, proxy, steps, mesh = '' }: Case): Resource[] {
  const base = parse(proxy === 'gateway' ? `${fixture}\n---\n${gatewayFixture}` : fixture, 'fixture.yaml');
  const own = parse(config, `${id}.yaml`);
  const options = parse(mesh, 'mesh.yaml', 'mesh-config');
  const errors = [...base.issues, ...own.issues, ...options.issues].filter(
    ({ severity }) => severity === 'error',
  );
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
  return [
    ...options.resources,
    ...base.resources,
    ...own.resources.map((resource, index) => createdAt(resource, steps === true ? 1 + index : 1)),
  ];
}

function createdAt(resource: Resource, step: number): Resource {
  return { ...resource, metadata: { ...resource.metadata, creationTimestamp: step } };
}
