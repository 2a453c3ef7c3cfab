import type { Captured } from '../captured.js';
import type { HeaderPropagation } from '../header-propagation.js';
import { type Dispatch, withHeaders } from './dispatch.js';

/** What `Dispatcher#compose` takes. */
export type DispatchInterceptor = <D>(dispatch: D) => D;

/**
 * An interceptor for undici: `new Agent().compose(propagationInterceptor(propagation))`, in any order beside others.
 * Each request is checked again where it is built and where it is written, redirects and retries included, so one that
 * leaves `targets` takes nothing along.
 *
 * @param settings.origin where a `Client` or `Pool` connects, when its requests do not say so themselves
 */
export function propagationInterceptor(
  propagation: HeaderPropagation,
  settings: { readonly origin?: string | URL } = {},
): DispatchInterceptor {
  const interceptor = (dispatch: Dispatch): Dispatch => {
    const follow = follower(propagation);
    return (options, handler) =>
      dispatch(withHeaders(propagation, follow(handler), options, settings), handler);
  };
  return interceptor as DispatchInterceptor;
}

/**
 * What was captured, for the first dispatch of a request and for those that undici's redirect, retry and DNS handlers
 * make later: they run in the context of the socket, which is that of whoever opened it and not that of this request.
 */
function follower(propagation: HeaderPropagation) {
  const held = new WeakMap<object, Captured | undefined>();
  return (handler: unknown): Captured | undefined => {
    const again = dispatchersAgain(handler);
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
