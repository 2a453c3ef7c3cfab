import {
  type BackendReference,
  type CertificateReference,
  type ConnectionRouteRule,
  type FrontendValidation,
  type GatewayListenerSpec,
  type GrpcRoute,
  type GrpcRouteMatch,
  gatewayApiGroup,
  type HttpRoute,
  type HttpRouteMatch,
  type KubernetesGateway,
  type ListenerSet,
  type NamedMatch,
  type ParentReference,
  type ReferenceGrant,
  type RouteRule,
  type RouteSpec,
  type TcpRoute,
  type TlsRoute,
  type WeightedReference,
} from '../resources/gateway-api.js';
import { list, map, mapped, message, notModelled } from './decode.js';
import type { Decoder } from './decoder.js';
import { labelSelector } from './label-selector.js';
import { referenceFields } from './object-reference.js';
import { routeFilter } from './route-filter.js';
import { choice, duration, int32, string, text } from './scalar.js';

/** Fields that are not known here are passed over: the API server's schema tells of those that nobody knows. */
const ignored = 'ignored';

const parentReference: Decoder<ParentReference> = mapped(
  message({ ...referenceFields, sectionName: text }, ignored),
  (decoded) => ({
    ...decoded,
    group: decoded.group ?? gatewayApiGroup,
    kind: decoded.kind ?? 'Gateway',
    name: decoded.name ?? '',
  }),
);

const namedMatch: Decoder<NamedMatch> = mapped(
  message({ type: choice(['Exact', 'RegularExpression']), name: string, value: string }, ignored),
  ({ type = 'Exact', name = '', value = '' }) => ({ type, name, value }),
);

const path: Decoder<HttpRouteMatch['path']> = mapped(
  message({ type: choice(['Exact', 'PathPrefix', 'RegularExpression']), value: string }, ignored),
  ({ type = 'PathPrefix', value = '/' }) => ({ type, value }),
);

const everyPath = { type: 'PathPrefix', value: '/' } as const;

const httpMatch: Decoder<HttpRouteMatch> = mapped(
  message({ path, headers: list(namedMatch), queryParams: list(namedMatch), method: text }, ignored),
  (decoded) => ({
    ...decoded,
    path: decoded.path ?? everyPath,
    headers: decoded.headers ?? [],
    queryParams: decoded.queryParams ?? [],
  }),
);

const grpcMatch: Decoder<GrpcRouteMatch> = mapped(
  message(
    {
      method: mapped(
        message({ type: choice(['Exact', 'RegularExpression']), service: text, method: text }, ignored),
        (decoded) => ({ ...decoded, type: decoded.type ?? 'Exact' }),
      ),
      headers: list(namedMatch),
    },
    ignored,
  ),
  (decoded) => ({ ...decoded, headers: decoded.headers ?? [] }),
);

const weightedFields = { ...referenceFields, weight: int32('weight: 90') };

/** What the API server fills in. */
function toService<Decoded extends Partial<WeightedReference>>(decoded: Decoded) {
  const { group = '', kind = 'Service', name = '', weight = 1 } = decoded;
  return { ...decoded, group, kind, name, weight };
}

const weightedReference: Decoder<WeightedReference> = mapped(message(weightedFields, ignored), toService);

const backendReference: Decoder<BackendReference> = mapped(
  message({ ...weightedFields, filters: list(routeFilter) }, ignored),
  (decoded) => ({ ...toService(decoded), filters: decoded.filters ?? [] }),
);

function routeRule<Match>(match: Decoder<Match>): Decoder<RouteRule<Match>> {
  return mapped(
    message(
      {
        name: text,
        matches: list(match),
        filters: list(routeFilter),
        backendRefs: list(backendReference),
        timeouts: message({ request: duration, backendRequest: duration }, ignored),
        retry: mapped(
          message({ codes: list(int32('503')), attempts: int32('2'), backoff: duration }, ignored),
          (decoded) => ({ ...decoded, codes: decoded.codes ?? [] }),
        ),
      },
      ignored,
    ),
    (decoded) => ({
      ...decoded,
      matches: decoded.matches ?? [],
      filters: decoded.filters ?? [],
      backendRefs: decoded.backendRefs ?? [],
    }),
  );
}

function routeSpec<Match>(
  rule: Decoder<RouteRule<Match>>,
  usual: RouteRule<Match>[],
): Decoder<RouteSpec<Match>> {
  return mapped(
    message({ parentRefs: list(parentReference), hostnames: list(string), rules: list(rule) }, ignored),
    (decoded) => ({
      parentRefs: decoded.parentRefs ?? [],
      hostnames: decoded.hostnames ?? [],
      rules: decoded.rules ?? usual,
    }),
  );
}

/** Without rules a route has one that takes everything and leads nowhere, as the API server writes it. */
export const httpRouteSpec: Decoder<HttpRoute['spec']> = routeSpec(routeRule(httpMatch), [
  { matches: [], filters: [], backendRefs: [] },
]);

export const grpcRouteSpec: Decoder<GrpcRoute['spec']> = routeSpec(routeRule(grpcMatch), []);

const connectionRules: Decoder<ConnectionRouteRule[]> = list(
  mapped(message({ name: text, backendRefs: list(weightedReference) }, ignored), (decoded) => ({
    ...decoded,
    backendRefs: decoded.backendRefs ?? [],
  })),
);

export const tlsRouteSpec: Decoder<TlsRoute['spec']> = mapped(
  message({ parentRefs: list(parentReference), hostnames: list(string), rules: connectionRules }, ignored),
  ({ parentRefs = [], hostnames = [], rules = [] }) => ({ parentRefs, hostnames, rules }),
);

export const tcpRouteSpec: Decoder<TcpRoute['spec']> = mapped(
  message({ parentRefs: list(parentReference), rules: connectionRules }, ignored),
  ({ parentRefs = [], rules = [] }) => ({ parentRefs, rules }),
);

const groupKind = mapped(
  message({ group: string, kind: string }, ignored),
  ({ group = gatewayApiGroup, kind = '' }) => ({ group, kind }),
);

const allowedNamespaces = { from: choice(['All', 'Same', 'Selector', 'None']), selector: labelSelector };

const allowedRoutes: Decoder<GatewayListenerSpec['allowedRoutes']> = mapped(
  message(
    {
      namespaces: message(allowedNamespaces, ignored),
      kinds: list(groupKind),
    },
    ignored,
  ),
  ({ namespaces = {}, kinds = [] }) => ({
    from: namespaces.from ?? 'Same',
    kinds,
    ...(namespaces.selector !== undefined && { selector: namespaces.selector }),
  }),
);

function certificateReference(usual: string): Decoder<CertificateReference> {
  return mapped(
    message({ group: string, kind: string, name: string, namespace: text }, ignored),
    ({ group = '', kind = usual, name = '', ...rest }) => ({ group, kind, name, ...rest }),
  );
}

const listenerTls: Decoder<NonNullable<GatewayListenerSpec['tls']>> = mapped(
  message(
    {
      mode: choice(['Terminate', 'Passthrough']),
      certificateRefs: list(certificateReference('Secret')),
      options: map(string),
    },
    ignored,
  ),
  ({ mode = 'Terminate', certificateRefs = [], options = {} }) => ({ mode, certificateRefs, options }),
);

const frontendTls = message(
  {
    validation: mapped(
      message(
        {
          caCertificateRefs: list(certificateReference('ConfigMap')),
          mode: choice(['AllowValidOnly', 'AllowInsecureFallback']),
        },
        ignored,
      ),
      ({ caCertificateRefs = [], mode = 'AllowValidOnly' }): FrontendValidation => ({
        caCertificateRefs,
        mode,
      }),
    ),
  },
  ignored,
);

const frontend: Decoder<KubernetesGateway['spec']['frontend']> = mapped(
  message(
    {
      default: frontendTls,
      perPort: list(
        mapped(message({ port: int32('443'), tls: frontendTls }, ignored), ({ port = 0, tls = {} }) => ({
          port,
          ...tls,
        })),
      ),
    },
    ignored,
  ),
  ({ default: usual = {}, perPort = [] }) => ({ ...usual, perPort }),
);

const listener: Decoder<GatewayListenerSpec> = mapped(
  message(
    {
      name: string,
      hostname: text,
      port: int32('80'),
      protocol: string,
      tls: listenerTls,
      allowedRoutes,
    },
    ignored,
  ),
  ({ tls, ...decoded }) => ({
    ...decoded,
    name: decoded.name ?? '',
    port: decoded.port ?? 0,
    protocol: decoded.protocol ?? '',
    ...(tls !== undefined && { tls }),
    allowedRoutes: decoded.allowedRoutes ?? { from: 'Same', kinds: [] },
  }),
);

const address = mapped(
  message({ type: string, value: string }, ignored),
  ({ type = 'IPAddress', value = '' }) => ({ type, value }),
);

/** Classes that Istio itself installs for gateways. */
const gatewayClasses: ReadonlySet<string> = new Set(['istio', 'istio-remote', '']);

export const kubernetesGatewaySpec: Decoder<KubernetesGateway['spec']> = mapped(
  message(
    {
      gatewayClassName: notModelled(
        string,
        "the Gateway counts as one of Istio's own gateways here; a waypoint, or a Gateway of another controller, does not route like one.",
        { unless: (name) => gatewayClasses.has(name) },
      ),
      listeners: list(listener),
      addresses: list(address),
      tls: message({ frontend }, ignored),
      allowedListeners: message({ namespaces: message(allowedNamespaces, ignored) }, ignored),
    },
    ignored,
  ),
  ({ gatewayClassName = '', listeners = [], addresses = [], allowedListeners, tls }) => ({
    ...{ gatewayClassName, listeners, addresses },
    allowedListeners: { from: 'None', ...allowedListeners?.namespaces },
    frontend: tls?.frontend ?? { perPort: [] },
  }),
);

/** What a ListenerSet is attached to, which is a Gateway unless it says otherwise. */
const gatewayReference = mapped(
  message({ group: string, kind: string, name: string, namespace: text }, ignored),
  ({ group = gatewayApiGroup, kind = 'Gateway', name = '', ...rest }) => ({ group, kind, name, ...rest }),
);

export const listenerSetSpec: Decoder<ListenerSet['spec']> = mapped(
  message({ parentRef: gatewayReference, listeners: list(listener) }, ignored),
  ({ parentRef = { group: gatewayApiGroup, kind: 'Gateway', name: '' }, listeners = [] }) => ({
    parentRef,
    listeners,
  }),
);

export const referenceGrantSpec: Decoder<ReferenceGrant['spec']> = mapped(
  message(
    {
      from: list(
        mapped(
          message({ group: string, kind: string, namespace: string }, ignored),
          ({ group = '', kind = '', namespace = '' }) => ({ group, kind, namespace }),
        ),
      ),
      to: list(
        mapped(
          message({ group: string, kind: string, name: text }, ignored),
          ({ group = '', kind = '', ...rest }) => ({ group, kind, ...rest }),
        ),
      ),
    },
    ignored,
  ),
  ({ from = [], to = [] }) => ({ from, to }),
);
