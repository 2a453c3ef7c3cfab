import type {
  Delegate,
  HttpMirrorPolicy,
  HttpRetry,
  HttpRule,
  WeightedDestination,
} from '../resources/virtual-service.js';
import { corsPolicy } from './cors.js';
import { list, mapped, messageOf, notModelled } from './decode.js';
import type { Decoder } from './decoder.js';
import { destination, headers, nowhere } from './destination.js';
import { fault } from './fault.js';
import { directResponse, redirect, rewrite } from './http-action.js';
import { httpMatch } from './http-match.js';
import { boolean, duration, int32, percent, string, text, uint32 } from './scalar.js';

const weightedDestination = messageOf<WeightedDestination>(
  { destination, weight: int32('weight: 90'), headers },
  { destination: nowhere },
);

const mirrorPolicy = messageOf<HttpMirrorPolicy>(
  { destination, percentage: percent },
  { destination: nowhere },
);

const delegate = messageOf<Delegate>({ name: string, namespace: text }, { name: '' });

export const retries = messageOf<HttpRetry>(
  {
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
  },
  {},
);

const fields = messageOf<HttpRule>(
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
  { match: [], route: [], mirrors: [] },
  'refused',
  ['websocketUpgrade'],
);

export const httpRoute: Decoder<HttpRule> = mapped(fields, (rule) => {
  const percentage = rule.mirrorPercentage ?? rule.mirrorPercent;
  return percentage === undefined ? rule : { ...rule, mirrorPercentage: percentage };
});
