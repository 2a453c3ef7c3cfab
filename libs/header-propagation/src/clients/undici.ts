import type { Captured } from '../captured.js';
import { HeaderPropagationError } from '../errors.js';
import type { HeaderPropagation } from '../header-propagation.js';
import { checkObject, reading, show } from '../option-checks.js';
import { checkPropagation } from '../propagation-check.js';
import { parseUrl } from '../target-address.js';
import { type Dispatch, withHeaders } from './dispatch.js';

/** What `Dispatcher#compose` takes. */
export type DispatchInterceptor = <D>(dispatch: D) => D;

/**
 * An interceptor for undici: `new Agent().compose(propagationInterceptor(propagation))`, in any order beside others.
 * Each request is checked again where it is built and where it is written, redirects and retries included, so one that
 * leaves `targets` takes nothing along.
 *
 * @param settings.origin where a `Client` or `Pool` connects, when its requests do not say so themselves
 * @throws HeaderPropagationError when an argument is something else
 */
export function propagationInterceptor(
  propagation: HeaderPropagation,
  settings: { readonly origin?: string | URL } = {},
): DispatchInterceptor {
  checkPropagation(propagation, 'propagationInterceptor');
  const place = { path: 'propagationInterceptor', code: 'INVALID_OPTION' } as const;
  reading(place, () => {
    checkObject(settings, ['origin'], place);
    if (settings.origin !== undefined) checkOrigin(settings.origin);
  });
  const interceptor = (dispatch: Dispatch): Dispatch => {
    const follow = follower(propagation);
    return (options, handler) =>
      dispatch(withHeaders(propagation, follow(handler), options, settings), handler);
  };
  return interceptor as DispatchInterceptor;
}

function checkOrigin(origin: unknown): void {
  if (
    origin instanceof URL ||
    (typeof origin === 'string' && /^https?:$/.test(parseUrl(origin)?.protocol ?? ''))
  )
    return;
  throw new HeaderPropagationError(
    'INVALID_OPTION',
    `propagationInterceptor.origin: ${show(origin)} is not an origin. Write the URL that the Client or Pool connects to, such as "http://reviews:9080".`,
  );
}

/**
 * What was captured, for the first dispatch of a request and for those that undici's redirect, retry and DNS handlers
 * make later: they run in the context of the socket, which is that of whoever opened it and not that of this request.
 */
function follower(propagation: HeaderPropagation) {
  const held = new WeakMap<object, Captured | undefined>();
  return (handler: unknown): Captured | undefined => {
    const again = dispatchersAgain(handler);
    if (again.length === 0) return propagation.captured();
    const known = again.find((one) => held.has(one));
    const captured = known === undefined ? propagation.captured() : held.get(known);
    for (const one of again) held.set(one, captured);
    return captured;
  };
}

interface MaybeDispatchesAgain {
  readonly dispatch?: unknown;
  readonly handler?: unknown;
}

/** The handlers around an application's that dispatch by themselves: undici makes each for one request. */
function dispatchersAgain(handler: unknown): object[] {
  const found: object[] = [];
  for (let at = handler; typeof at === 'object' && at !== null; at = (at as MaybeDispatchesAgain).handler) {
    const { dispatch } = at as MaybeDispatchesAgain;
    // The DNS interceptor's keeps its dispatch to itself.
    if (typeof dispatch === 'function' || at.constructor?.name === 'DNSDispatchHandler') found.push(at);
  }
  return found;
}
