import type { ConnectionTarget } from '../compile/connection-chains.js';
import type { Route } from '../compile/table.js';
import { answersPreflight } from '../cors/preflight.js';
import type { RequestView } from '../match/request-view.js';
import type { Fault } from '../model/action.js';
import type { Found } from '../route/route.js';
import type { ExplainedAnswer } from './explanation.js';

/** What the proxy answers by itself, in the order of Envoy's filters: the fault, CORS, the route's action. */
export function answersOf(found: Found): ExplainedAnswer[] {
  if (found.kind !== 'found') return answerWithoutRoute(found);
  const { route, view } = found;
  const abort = abortOf(route.fault);
  const rest = 1 - (abort?.share ?? 0);
  return [...(abort === undefined ? [] : [abort]), ...(rest > 0 ? afterFault(route, view, rest) : [])];
}

function answerWithoutRoute(found: Exclude<Found, { kind: 'found' }>): ExplainedAnswer[] {
  switch (found.kind) {
    case 'no-route':
      return [{ by: 'no-route', status: 404, share: 1 }];
    case 'bad-request':
      return [{ by: 'bad-request', status: 400, share: 1 }];
    case 'blocked':
      return found.through === 'http'
        ? [{ by: 'blocked', status: 502, share: 1 }]
        : [{ by: 'connection-closed', share: 1 }];
    case 'connection':
      return closedOf(found.target);
    default:
      return [];
  }
}

/** What falls on a destination that is not there is closed. */
export function closedOf({ shares }: ConnectionTarget): ExplainedAnswer[] {
  const total = weightOf(shares);
  const lost = weightOf(shares.filter(({ cluster }) => cluster === undefined));
  return lost === 0 ? [] : [{ by: 'connection-closed', share: lost / total }];
}

function weightOf(shares: ReadonlyArray<{ weight: number }>): number {
  return shares.reduce((sum, { weight }) => sum + weight, 0);
}

/** A fault without a percentage never comes. */
function abortOf({ abort }: Fault = {}): ExplainedAnswer | undefined {
  if (abort === undefined || abort.percentage === 0) return undefined;
  const share = abort.percentage / 100;
  // Who does not speak gRPC gets its status of HTTP, which is 200 (recorded: `http-grpc-codes`).
  return 'status' in abort
    ? { by: 'fault', status: abort.status, share }
    : { by: 'fault', status: 200, grpcStatus: abort.grpcStatus, share };
}

function afterFault({ cors, action }: Route, view: RequestView, share: number): ExplainedAnswer[] {
  if (cors !== undefined && answersPreflight(cors, view)) return [{ by: 'preflight', status: 200, share }];
  if (action.kind !== 'forward') return [{ by: action.kind, status: action.status, share }];
  const total = weightOf(action.targets);
  const lost = weightOf(action.targets.filter(({ cluster }) => cluster === undefined));
  return lost === 0
    ? []
    : [{ by: 'cluster-not-found', status: action.missing, share: (share * lost) / total }];
}
