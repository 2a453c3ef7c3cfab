/** The rules of a benchmark, for both proxies alike. */
export interface Rules {
  backendPort: number;
  /** What is spoken to the backend. */
  upstream: 'HTTP' | 'HTTP2';
  /** Rules that never match, before those of the demo. */
  more: number;
}

/** The demo's two rules: a user's own version, and 90/10 for everyone else. */
export function istioRules({ backendPort, upstream, more }: Rules): string {
  const portName = upstream.toLowerCase();
  const extra = Array.from({ length: more }, (_, i) => [
    `  - match: [{headers: {user: {exact: user-${i}}}}]`,
    '    route: [{destination: {host: hello.com}}]',
  ]).flat();
  return `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: hello, namespace: hello-page}
spec:
  hosts: [hello.com, hello-1.ext, hello-2.ext]
  ports: [{number: 80, name: ${portName}, protocol: ${upstream}}]
  resolution: STATIC
  endpoints: [{address: 127.0.0.1, ports: {${portName}: ${backendPort}}}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: hello, namespace: hello-page}
spec:
  hosts: [hello.com]
  http:
${[...extra, ''].join('\n')}  - match: [{headers: {user: {exact: test}}}]
    route: [{destination: {host: hello-1.ext}}]
  - route:
    - {destination: {host: hello-1.ext}, weight: 90}
    - {destination: {host: hello-2.ext}, weight: 10}
`;
}

/** The same for Envoy, with what istiod sets: path normalization, attempt count, default retries, the access log if wanted. */
export function envoyConfig(rules: Rules, port: number, accessLog: boolean): string {
  const header = (value: string) => `headers: [{name: user, string_match: {exact: "${value}"}}]`;
  const retry =
    'retry_policy: {retry_on: "connect-failure,refused-stream,unavailable,cancelled", num_retries: 2}, timeout: 0s';
  const extra = Array.from(
    { length: rules.more },
    (_, i) =>
      `              - {match: {prefix: /, ${header(`user-${i}`)}}, route: {cluster: hello-1, ${retry}}}`,
  );
  const log = accessLog
    ? `access_log: [{name: file, typed_config: {"@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog, path: /dev/null}}]`
    : '';
  return `static_resources:
  listeners:
  - address: {socket_address: {address: 127.0.0.1, port_value: ${port}}}
    filter_chains:
    - filters:
      - name: envoy.filters.network.http_connection_manager
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: outbound
          normalize_path: true
          generate_request_id: true
          preserve_external_request_id: true
          ${log}
          route_config:
            ignore_port_in_host_matching: true
            virtual_hosts:
            - name: hello
              domains: [hello.com]
              include_request_attempt_count: true
              routes:
${extra.join('\n')}
              - {match: {prefix: /, ${header('test')}}, route: {cluster: hello-1, ${retry}}}
              - {match: {prefix: /}, route: {weighted_clusters: {clusters: [{name: hello-1, weight: 90}, {name: hello-2, weight: 10}]}, ${retry}}}
          http_filters:
          - name: envoy.filters.http.fault
            typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault}
          - name: envoy.filters.http.cors
            typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.cors.v3.Cors}
          - name: envoy.filters.http.router
            typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
  clusters:
${['hello-1', 'hello-2'].map((name) => cluster(name, rules)).join('\n')}
`;
}

function cluster(name: string, { backendPort, upstream }: Rules): string {
  const protocol =
    upstream === 'HTTP'
      ? ''
      : `
    typed_extension_protocol_options:
      envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
        "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
        explicit_http_config: {http2_protocol_options: {}}`;
  return `  - name: ${name}
    type: STATIC
    lb_policy: LEAST_REQUEST${protocol}
    load_assignment:
      cluster_name: ${name}
      endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: ${backendPort}}}}}]}]`;
}
