import { addresses } from './network.ts';

/** Which proxy of the recordings. */
export type ProxyKind = 'sidecar' | 'gateway';

interface Identity {
  readonly type: 'sidecar' | 'router';
  readonly address: string;
  readonly namespace: string;
  readonly pod: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Who a proxy says that it is. */
export const identities: Readonly<Record<ProxyKind, Identity>> = {
  sidecar: {
    type: 'sidecar',
    address: addresses.workload,
    namespace: 'hello-page',
    pod: 'hello-page-0',
    labels: { app: 'hello-page' },
  },
  gateway: {
    type: 'router',
    address: addresses.gateway,
    namespace: 'istio-system',
    pod: 'ingress-0',
    labels: { istio: 'ingressgateway', app: 'istio-ingressgateway' },
  },
};

/** Where istiod serves proxies without TLS. */
export const discoveryPort = 15010;

/**
 * The bootstrap that Istio's agent would give an Envoy (istio tools/packaging/common/envoy_bootstrap.json and pkg/bootstrap/config.go
 * `extractRuntimeFlags`), as far as it changes an answer.
 * @param token of the proxy's ServiceAccount: what istiod gives Secrets for
 */
export function bootstrapOf(proxy: ProxyKind, token: string): object {
  const { type, address, namespace, pod, labels } = identities[proxy];
  const source = { ads: {}, initial_fetch_timeout: '0s', resource_api_version: 'V3' };
  return {
    node: {
      id: `${type}~${address}~${pod}.${namespace}~${namespace}.svc.cluster.local`,
      cluster: `${labels.app}.${namespace}`,
      metadata: {
        NAME: pod,
        NAMESPACE: namespace,
        LABELS: labels,
        ISTIO_VERSION: '1.32.0',
        CLUSTER_ID: 'Kubernetes',
        INTERCEPTION_MODE: 'REDIRECT',
        SERVICE_ACCOUNT: 'default',
        INSTANCE_IPS: address,
        PROXY_CONFIG: {},
      },
    },
    layered_runtime: { layers: [{ name: 'global config', static_layer: runtimeFlags }] },
    bootstrap_extensions: [
      typed(
        'envoy.bootstrap.internal_listener',
        'envoy.extensions.bootstrap.internal_listener.v3.InternalListener',
      ),
    ],
    dynamic_resources: {
      lds_config: source,
      cds_config: source,
      ads_config: {
        api_type: 'DELTA_GRPC',
        set_node_on_first_message_only: true,
        transport_api_version: 'V3',
        grpc_services: [
          {
            envoy_grpc: { cluster_name: 'xds-grpc' },
            initial_metadata: [{ key: 'authorization', value: `Bearer ${token}` }],
          },
        ],
      },
    },
    static_resources: { clusters: [discoveryCluster()] },
  };
}

const runtimeFlags = {
  're2.max_program_size.error_level': '32768',
  'envoy.reloadable_features.http_reject_path_with_fragment': false,
  'envoy.reloadable_features.fixed_heap_use_allocated': true,
  'envoy.reloadable_features.coalesce_lb_rebuilds_on_batch_update': false,
};

function discoveryCluster(): object {
  const protocol = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
  const socket_address = { address: addresses.workload, port_value: discoveryPort };
  return {
    name: 'xds-grpc',
    type: 'STATIC',
    connect_timeout: '1s',
    typed_extension_protocol_options: {
      [protocol]: {
        '@type': `type.googleapis.com/${protocol}`,
        explicit_http_config: { http2_protocol_options: {} },
      },
    },
    load_assignment: {
      cluster_name: 'xds-grpc',
      endpoints: [{ lb_endpoints: [{ endpoint: { address: { socket_address } } }] }],
    },
  };
}

function typed(name: string, type: string): object {
  return { name, typed_config: { '@type': `type.googleapis.com/${type}` } };
}
