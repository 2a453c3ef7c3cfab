import type { HttpRule, WeightedDestination } from '../resources/virtual-service.js';
import { corsPolicy } from './cors.js';
import { list, mapped, message, notModelled } from './decode.js';
import type { Decoder } from './decoder.js';
import { destination, headers } from './destination.js';
import { fault } from './fault.js';
import { directResponse, redirect, rewrite } from './http-action.js';
import { httpMatch } from './http-match.js';
import { boolean, duration, int32, percent, string, text, uint32 } from './scalar.js';

const weightedDestination: Decoder<WeightedDestination> = mapped(
  message({ destination, weight: int32('weight: 90'), headers }),
  (decoded) => ({ ...decoded, destination: decoded.destination ?? { host: '' } }),
);

const mirrorPolicy = mapped(message({ destination, percentage: percent }), (decoded) => ({
  ...decoded,
  destination: decoded.destination ?? { host: '' },
}));

const delegate = mapped(message({ name: string, namespace: text }), (decoded) => ({
  ...decoded,
  name: decoded.name ?? '',
}));

export const retries = message({
  attempts: int32('attempts: 3'),
  perTryTimeout: duration,
  retryOn: text,
  retryRemoteLocalities: notModelled(
    boolean,
    'a retry goes to any endpoint here: it is not led to another region or zone.',
    { unless: (used) => !used },
  ),
  retryIgnorePreviousHosts: boolean,
  backoff: duration,
});

const fields = message(
  {
    name: text,
    match: list(httpMatch),
    route: list(weightedDestination),
    redirect,
    directResponse,
    delegate,
    rewrite,
    timeout: duration,
    retries,
    fault,
    mirror: destination,
    mirrors: list(mirrorPolicy),
    mirrorPercent: uint32('10'),
    mirrorPercentage: percent,
    corsPolicy,
    headers,
  },
  'refused',
  ['websocketUpgrade'],
);

export const httpRoute: Decoder<HttpRule> = mapped(fields, ({ mirrorPercentage, ...decoded }) => {
  const percentage = mirrorPercentage ?? decoded.mirrorPercent;
  return {
    ...decoded,
    ...(percentage === undefined ? {} : { mirrorPercentage: percentage }),
    match: decoded.match ?? [],
    route: decoded.route ?? [],
    mirrors: decoded.mirrors ?? [],
  };
});
