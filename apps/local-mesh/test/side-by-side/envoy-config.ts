import type { Rule } from './rules.js';

/** Where an Envoy listens, and the backend that it leads to. */
interface EnvoyLane {
  port: number;
  backendPort: number;
  /** Whether it is spoken to in HTTP/2. */
  isHttp2?: boolean;
}

/** An Envoy with the settings of a sidecar's outbound listener (istiod 1.32, pilot/pkg/networking/core/listener.go): one listener for each lane. */
export function envoyConfig(lanes: readonly EnvoyLane[], rules: readonly Rule[]): string {
  return JSON.stringify({
    static_resources: {
      listeners: lanes.map(({ port }, index) => listener(port, `lane-${index}`, rules)),
      clusters: lanes.map((lane, index) => cluster(`lane-${index}`, lane)),
    },
  });
}

function listener(port: number, name: string, rules: readonly Rule[]) {
  const manager = {
    '@type': type('filters.network.http_connection_manager.v3.HttpConnectionManager'),
    stat_prefix: name,
    normalize_path: true,
    path_with_escaped_slashes_action: 'KEEP_UNCHANGED',
    generate_request_id: true,
    preserve_external_request_id: true,
    use_remote_address: false,
    proxy_100_continue: true,
    // Istio leaves Envoy's own second; a run is faster so, and the bytes are the same.
    delayed_close_timeout: '0.1s',
    upgrade_configs: [{ upgrade_type: 'websocket' }],
    route_config: {
      ignore_port_in_host_matching: true,
      validate_clusters: false,
      virtual_hosts: [
        {
          name: 'back',
          domains: ['back.ext'],
          include_request_attempt_count: true,
          routes: [...rules.map((rule) => route(name, rule)), route(name)],
        },
      ],
    },
    http_filters: [
      { name: 'fault', typed_config: { '@type': type('filters.http.fault.v3.HTTPFault') } },
      { name: 'cors', typed_config: { '@type': type('filters.http.cors.v3.Cors') } },
      { name: 'router', typed_config: { '@type': type('filters.http.router.v3.Router') } },
    ],
  };
  return {
    name,
    address: { socket_address: { address: '127.0.0.1', port_value: port } },
    filter_chains: [{ filters: [{ name: 'http', typed_config: manager }] }],
  };
}

function route(clusterName: string, rule?: Rule) {
  return {
    match: { prefix: rule?.path ?? '/' },
    route: {
      cluster: clusterName,
      timeout: '0s',
      retry_policy: { retry_on: 'connect-failure,refused-stream,unavailable,cancelled', num_retries: 2 },
      max_grpc_timeout: '0s',
      ...(rule?.rewrite !== undefined && { prefix_rewrite: rule.rewrite }),
    },
    request_headers_to_remove: rule?.request?.remove ?? [],
    request_headers_to_add: additions(rule?.request),
    response_headers_to_remove: rule?.response?.remove ?? [],
    response_headers_to_add: additions(rule?.response),
  };
}

function additions(headers: Rule['request']) {
  const action =
    (append_action: string) =>
    ([key, value]: [string, string]) => ({
      header: { key, value },
      append_action,
    });
  return [
    // istiod sorts them.
    ...Object.entries(headers?.set ?? {})
      .sort()
      .map(action('OVERWRITE_IF_EXISTS_OR_ADD')),
    ...Object.entries(headers?.add ?? {})
      .sort()
      .map(action('APPEND_IF_EXISTS_OR_ADD')),
  ];
}

function cluster(name: string, { backendPort, isHttp2 = false }: EnvoyLane) {
  const address = { socket_address: { address: '127.0.0.1', port_value: backendPort } };
  return {
    name,
    type: 'STATIC',
    // What istiod gives a port that is named `http2` (cluster_builder.go, http2ProtocolOptions).
    ...(isHttp2 && {
      typed_extension_protocol_options: {
        'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
          '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
          explicit_http_config: { http2_protocol_options: {} },
        },
      },
    }),
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint: { address } }] }] },
  };
}

function type(name: string): string {
  return `type.googleapis.com/envoy.extensions.${name}`;
}
