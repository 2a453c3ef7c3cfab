import type { Destination, DestinationName, MirrorDestination } from '../../model/action.js';
import type { HttpRule, Destination as Written } from '../../resources/virtual-service.js';
import { authorityOf, mergeHeaders } from '../header-operations.js';
import { toMillionths } from './fault.js';

/** A single destination's weight does not matter; of several, those without a weight get nothing. */
export function destinationsOf({ route, headers, rewrite }: HttpRule): Destination[] {
  const weighted = route.length > 1;
  return route.map((entry, index) => {
    const merged = mergeHeaders(headers, entry.headers, weighted);
    const own = authorityOf(entry.headers);
    const authority = rewrite?.authority || authorityOf(headers) || (weighted ? undefined : own);
    return {
      ...nameOf(entry.destination, `route[${index}].destination`),
      weight: weighted ? Math.max(0, entry.weight ?? 0) : 1,
      ...(authority && { authority }),
      ...(weighted && own !== undefined && { authorityBefore: own }),
      requestHeaders: merged.request,
      responseHeaders: merged.response,
    };
  });
}

/** Without a percentage everything is mirrored, with 0 nothing. */
export function mirrorsOf({
  mirror,
  mirrorPercentage,
  mirrorPercent,
  mirrors,
}: HttpRule): MirrorDestination[] {
  const single =
    mirror === undefined
      ? []
      : [{ ...nameOf(mirror, 'mirror'), percentage: mirrorPercentage ?? mirrorPercent ?? 100 }];
  const several = mirrors.map(({ destination, percentage = 100 }, index) => ({
    ...nameOf(destination, `mirrors[${index}].destination`),
    percentage,
  }));
  return [...single, ...several]
    .filter(({ percentage }) => percentage > 0)
    .map((entry) => ({ ...entry, percentage: toMillionths(entry.percentage) }));
}

function nameOf({ host, port, subset }: Written, field: string): DestinationName {
  return { host, ...(port !== undefined && { port }), subset: subset ?? '', field, hostField: 'host' };
}
