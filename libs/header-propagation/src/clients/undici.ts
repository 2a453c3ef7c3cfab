import type { HeaderPropagation } from '../header-propagation.js';
import { type DispatchOptions, withHeaders } from './dispatch.js';

type Dispatch = (options: DispatchOptions, handler: never) => boolean;

/** What `Dispatcher#compose` takes. */
export type DispatchInterceptor = <D>(dispatch: D) => D;

/**
 * An interceptor for undici: `new Agent().compose(propagationInterceptor(propagation))`. It is asked for each
 * request, redirects included, so a redirect out of `targets` takes nothing along.
 *
 * @param settings.origin where a `Client` or `Pool` connects, when its requests do not say so themselves
 */
export function propagationInterceptor(
  propagation: HeaderPropagation,
  settings: { readonly origin?: string | URL } = {},
): DispatchInterceptor {
  const interceptor =
    (dispatch: Dispatch): Dispatch =>
    (options, handler) =>
      dispatch(withHeaders(propagation, options, settings.origin), handler);
  return interceptor as DispatchInterceptor;
}
