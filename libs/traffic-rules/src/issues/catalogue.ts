import { apiServer } from './api-server.js';
import { envoy } from './envoy.js';
import { gatewayEffects } from './gateway-effects.js';
import type { IssueKind, IssueSection } from './issue-kind.js';
import { istioGateways } from './istio-gateways.js';
import { istioRoutes } from './istio-routes.js';
import { istioServices } from './istio-services.js';
import { istioSidecars } from './istio-sidecars.js';
import { reading } from './reading.js';
import { ruleEffects } from './rule-effects.js';
import { serviceEffects } from './service-effects.js';
import { wire } from './wire.js';

/** The engine's part of docs/issues.md, in its order. */
export const issueSections = [
  reading,
  istioRoutes,
  istioServices,
  istioGateways,
  istioSidecars,
  apiServer,
  envoy,
  wire,
  ruleEffects,
  serviceEffects,
  gatewayEffects,
] as const satisfies readonly IssueSection[];

type Section = (typeof issueSections)[number];

/** Stable names: a code stays once it has been published. */
export type IssueCode = { [S in Section as S['title']]: keyof S['kinds'] }[Section['title']];

/** Every code of the engine, with what it means. */
export const issueCatalogue: Readonly<Record<IssueCode, IssueKind>> = Object.assign(
  {},
  ...issueSections.map(({ kinds }) => kinds),
);
