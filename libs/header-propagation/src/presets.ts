/**
 * The trace headers that a service behind Istio's sidecars has to send on, for every tracer that Istio documents
 * (its distributed tracing pages and the list in Bookinfo's productpage): the sidecar starts a new trace when they
 * are missing. `x-request-id` also keeps the sampling of logs and traces the same on every hop.
 */
export const istioTracing: readonly string[] = Object.freeze([
  'x-request-id',
  // W3C Trace Context and W3C Baggage (OpenTelemetry)
  'traceparent',
  'tracestate',
  'baggage',
  // Zipkin: B3 in one header and in several
  'b3',
  'x-b3-traceid',
  'x-b3-spanid',
  'x-b3-parentspanid',
  'x-b3-sampled',
  'x-b3-flags',
  // Lightstep
  'x-ot-span-context',
  // Datadog
  'x-datadog-trace-id',
  'x-datadog-parent-id',
  'x-datadog-sampling-priority',
  // Google Cloud Trace and OpenCensus
  'x-cloud-trace-context',
  'grpc-trace-bin',
  // Apache SkyWalking
  'sw8',
]);
