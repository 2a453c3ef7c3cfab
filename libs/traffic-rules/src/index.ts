export { type AnalyzeOptions, analyze, analyzeInSteps } from './analyze/analyze.js';
export { headersUsedBy } from './analyze/headers-used.js';
export type {
  CertificateVerification,
  Cluster,
  Discovery,
  Endpoint,
  LoadBalancing,
  OutlierDetection,
  ServiceIdentity,
  TlsOrigination,
  UpstreamProtocol,
} from './cluster.js';
export { dialledEndpoint } from './cluster.js';
export { type CompileOptions, compile, compileInSteps } from './compile/compile.js';
export {
  type GatewayPort,
  type GatewayPortServer,
  gatewayPorts,
  ServersByName,
} from './compile/gateway-ports.js';
export type { RouteTable } from './compile/table.js';
export type { Inspection } from './compile/tcp-listeners.js';
export { originAllowed } from './cors/allowed-origin.js';
export type {
  BadRequest,
  Because,
  Blocked,
  ClusterNotFound,
  Connect,
  ConnectionDecision,
  Decision,
  DirectResponse,
  Forward,
  HttpConnectionDecision,
  Mirror,
  NoRoute,
  PassThrough,
  Redirect,
} from './decision.js';
export { routeName } from './decision.js';
export {
  describeRules,
  type ResourceDescription,
  type RuleDescription,
  ruleLine,
} from './explain/describe-rules.js';
export { explain } from './explain/explain.js';
export { explainConnection } from './explain/explain-connection.js';
export type {
  Effects,
  ExplainedAnswer,
  ExplainedDestination,
  ExplainedMutation,
  Explanation,
  PassedOver,
} from './explain/explanation.js';
export { renderExplanation } from './explain/render.js';
export { describeValue } from './fields/describe.js';
export { parseDuration } from './fields/duration.js';
export { isObject } from './fields/object.js';
export { formatPath, type Path } from './fields/path.js';
export { suggest } from './fields/suggestion.js';
export { grpcStatusOf, isGrpc } from './grpc.js';
export type { HeaderContext } from './headers/header-context.js';
export { applyHeaderMutations, type HeaderMutation } from './headers/header-mutation.js';
export { unknownCommands } from './headers/header-value-format.js';
export type { HeaderValueFormat } from './headers/header-value-syntax.js';
export { inlineHeaders, inlineResponseHeaders, joinLines } from './inline-headers.js';
export type { Issue, Location, Severity } from './issue.js';
export { type IssueCode, issueCodes } from './issue-codes.js';
export { issueCatalogue, issueSections } from './issues/catalogue.js';
export type { IssueKind, IssueSection, RefusedBy } from './issues/issue-kind.js';
export { type GatewayClient, gatewayClients } from './lower/gateway/gateway-client.js';
export { comparePrecedence, type Precedence } from './lower/route/precedence.js';
export { backendHost } from './lower/route/references.js';
export { rulePrecedences } from './lower/route/route.js';
export { qualifyHost } from './lower/short-name.js';
export { type EdgeConnection, edgeHeaders } from './match/edge-request.js';
export { internalHeaders } from './match/internal-headers.js';
export type { RepeatedHeaders } from './match/request-view.js';
export type { Cors, Fault } from './model/action.js';
export type {
  AuthoritySource,
  CertificateSource,
  ClientCertificates,
  ServerProtocol,
  TlsTermination,
} from './model/gateway.js';
export { takesPlainText } from './model/gateway.js';
export type { ResourceReference } from './model/place.js';
export type { DocumentSource } from './parse/document-source.js';
export { type Parsed, parse, parseInSteps } from './parse/parse.js';
export { type RoutingKind, routingKinds } from './parse/routing-kinds.js';
export type { TextKind } from './parse/source-file.js';
export { holdsDocuments, objectsIn, readYaml, type YamlDocument } from './parse/yaml-documents.js';
export { nodeAt, type YamlField, type YamlNode } from './parse/yaml-node.js';
export { exactPlaceText, locationOf, placedName, placeText } from './place.js';
export type { RouteRequest } from './request.js';
export { connectionFromUrl, type RequestDescription, requestFromUrl } from './request-from-url.js';
export type { Metadata } from './resources/metadata.js';
export type { Resource } from './resources/resource.js';
export type { RetryPolicy } from './retry/retry-policy.js';
export { retryable, type TryOutcome } from './retry/retryable.js';
export {
  inspection,
  knowsHost,
  listens,
  outboundTrafficPolicyOf,
} from './route/listens.js';
export { normalizePath } from './route/path-normalization.js';
export { clusterFor, clustersOf } from './route/registered-cluster.js';
export { route } from './route/route.js';
export { type Connection, routeConnection, routeHttpConnection } from './route/route-connection.js';
export type { Source } from './source.js';
export { type Steps, takeAll } from './steps.js';
export { toJson } from './to-json.js';
export { validate, validateInSteps } from './validate/validate.js';
export {
  type Client,
  canonicalName,
  type NamedGateway,
  type OutboundTrafficPolicy,
  type Workload,
} from './workload.js';
