import { canonicalName, type ServiceIdentity, type Workload } from '@grayscale/traffic-rules';
import type { AccessRecord } from '../proxy/access-record.js';

/** Names and order of the labels of Istio's standard metrics. */
export const istioLabelNames = [
  'reporter',
  'source_workload',
  'source_canonical_service',
  'source_canonical_revision',
  'source_workload_namespace',
  'source_principal',
  'source_app',
  'source_version',
  'source_cluster',
  'destination_workload',
  'destination_workload_namespace',
  'destination_principal',
  'destination_app',
  'destination_version',
  'destination_service',
  'destination_canonical_service',
  'destination_canonical_revision',
  'destination_service_name',
  'destination_service_namespace',
  'destination_cluster',
  'request_protocol',
  'response_code',
  'grpc_response_status',
  'response_flags',
  'connection_security_policy',
] as const;

export type IstioLabels = Record<(typeof istioLabelNames)[number], string>;

const unknown = 'unknown';

/** The labels that a sidecar's own report (`reporter="source"`) of a request has; what is not known here says `unknown`, as in Istio. */
export function istioLabels(workload: Workload, record: AccessRecord, flags: string): IstioLabels {
  const service = destinationOf(record);
  return {
    reporter: 'source',
    ...sourceLabels(workload),
    destination_workload: unknown,
    destination_workload_namespace: service?.namespace ?? unknown,
    destination_principal: unknown,
    destination_app: unknown,
    destination_version: unknown,
    destination_service: service?.host ?? unknown,
    destination_canonical_service: unknown,
    destination_canonical_revision: unknown,
    destination_service_name: service?.name ?? unknown,
    destination_service_namespace: service?.namespace ?? unknown,
    destination_cluster: unknown,
    request_protocol: record.grpcStatus === undefined ? 'http' : 'grpc',
    response_code: String(record.status),
    grpc_response_status: record.grpcStatus ?? '',
    response_flags: flags,
    connection_security_policy: unknown,
  };
}

function sourceLabels(workload: Workload) {
  const { namespace, labels } = workload;
  const app = labels.app ?? unknown;
  const service = canonicalName(workload) ?? unknown;
  const revision =
    labels['service.istio.io/canonical-revision'] ??
    labels['app.kubernetes.io/version'] ??
    labels.version ??
    'latest';
  return {
    source_workload: service,
    source_canonical_service: service,
    source_canonical_revision: revision,
    source_workload_namespace: namespace,
    source_principal: unknown,
    source_app: app,
    source_version: labels.version ?? unknown,
    source_cluster: unknown,
  };
}

/** The service of the cluster; for passed-through and blocked requests Istio takes the cluster's own name. */
function destinationOf({ decision, upstreamCluster }: AccessRecord): ServiceIdentity | undefined {
  if (decision?.kind === 'forward' || decision?.kind === 'connect') return decision.cluster.service;
  if (upstreamCluster === 'PassthroughCluster' || upstreamCluster === 'BlackHoleCluster') {
    return { host: unknown, name: upstreamCluster, namespace: unknown };
  }
  return undefined;
}
