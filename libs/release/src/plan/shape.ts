import { type TargetKind, targetFields } from './named-object.js';
import { webhookTypes } from './plan.js';
import { anything, either, list, object, oneOf, type ReadBy, withDefault } from './reader.js';
import {
  choice,
  duration,
  flag,
  headerName,
  numberFrom,
  percent,
  positiveDuration,
  rate,
  text,
  wholeNumber,
} from './scalars.js';

/** As long as Kubernetes lets a name be. */
const mostOfName = 253;

const name = (what: string) =>
  text(
    what,
    {
      is: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
      wanted: 'a name in lower case, for instance "hello-2"',
    },
    mostOfName,
  );

const objectName = (kind: TargetKind) =>
  text(
    `[NAMESPACE/]NAME of the ${kind}; the namespace is the plan’s where none is written`,
    {
      is: /^([a-z0-9]([-a-z0-9]*[a-z0-9])?\/)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
      wanted: 'a name or NAMESPACE/NAME, for instance "hello-page/hello-ext-svc"',
    },
    2 * mostOfName,
  );

/** What a target has to name once. */
export const oneObject =
  'name the object that has the rule: write one of virtualService, httpRoute and grpcRoute';

const host = text(
  'a destination’s host, which may be shortened where it stays unique in the rule',
  {
    is: /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/,
    wanted: 'the host of a destination, for instance "hello.hello-2.svc.cluster.local"',
  },
  mostOfName,
);

const arm = either(
  (value) => typeof value === 'string',
  host,
  object(
    'a destination of the rule',
    {
      host,
      subset: text('as in the DestinationRule', undefined, mostOfName),
      port: wholeNumber('port of the destination', 1, 65_535),
    },
    ['host'],
  ),
);

const splitFields = object(
  'one rule whose split is moved',
  {
    virtualService: objectName('VirtualService'),
    httpRoute: objectName('HTTPRoute'),
    grpcRoute: objectName('GRPCRoute'),
    rule: either(
      (value) => typeof value === 'string',
      text('the rule’s name', undefined, mostOfName),
      wholeNumber('the rule’s index at the start, from 0, if it has no name', 0, 100_000),
    ),
    stable: arm,
    canary: arm,
  },
  ['stable', 'canary'],
);

const target = oneOf(splitFields, targetFields, oneObject);

const caller = object(
  'a workload whose sidecar makes the split',
  { workload: name('its name'), namespace: name('its namespace') },
  ['workload'],
);

const user = object(
  'whose requests always go to the canary while the release runs',
  {
    header: headerName,
    exact: either(
      (value) => typeof value === 'string',
      text('the header’s value'),
      list(text('one of the header’s values'), 'the header’s values', 1),
    ),
  },
  ['header', 'exact'],
);

const sticky = object('how a user keeps to a side', {
  header: headerName,
  digits: wholeNumber('how many decimal digits the bucket has', 1, 6),
  cookie: text('name of the cookie', {
    is: /^[A-Za-z0-9_-]+$/,
    wanted: 'the name of a cookie, for instance "gs"',
  }),
});

const step = object(
  'a share of the canary',
  {
    percent,
    hold: withDefault(duration('how long it must have been in force'), '10m'),
    requests: wholeNumber('how many requests the canary must have answered in it', 1, 1e12),
    pause: withDefault(flag('wait for a human at its end'), false),
  },
  ['percent'],
);

const queries = {
  bad: text('PromQL selector of a counter of bad outcomes'),
  all: text('PromQL selector of a counter of all outcomes'),
};

const guard = object(
  'what may abort the release',
  {
    name: name('the guard’s name'),
    ratio: numberFrom('the canary may be so many times as bad as stable', 1, 1000, '1.5'),
    max: rate('the canary’s share of bad outcomes may be so high', 0.99),
    over: duration('requests that take longer are bad: one of Istio’s bucket bounds'),
    query: object(
      'counters of one’s own',
      { ...queries, stable: object('the same of stable, needed for a ratio', queries, ['bad', 'all']) },
      ['bad', 'all'],
    ),
    webhook: text('the answer 2xx lets the release go on', {
      is: /^https?:\/\/\S+$/,
      wanted: 'a URL, for instance "http://gate.hello-page:8080/confirm"',
    }),
    type: choice('when the webhook is asked', webhookTypes),
  },
  ['name'],
);

const risk = object('probabilities for a whole run', {
  falseAbort: withDefault(rate('of aborting a canary that is within its guards', 0.5), '1%'),
  falseAdvance: withDefault(rate('of advancing a canary that is beyond a max', 0.5), '5%'),
});

const noData = object('what happens without requests', {
  after: positiveDuration(
    'how long the canary may be without a request; ten times the expected gap where it is left out',
  ),
  holdFor: withDefault(duration('how long to wait then'), '24h'),
  // biome-ignore lint/suspicious/noThenProperty: the field's name in a plan; nobody awaits this object.
  then: withDefault(choice('what to do after that', ['pause', 'abort']), 'pause'),
});

const spec = object(
  'what is released and how',
  {
    targets: list(target, 'raised in this order; reversed on abort and undo', 1),
    callers: list(caller, 'whose sidecars make the split; needed where the rules do not tell'),
    users: list(user, 'who always gets the canary while the release runs'),
    sticky,
    steps: list(step, 'rising shares of the canary'),
    guards: withDefault(list(guard, 'what may abort the release'), [
      { name: 'failures', ratio: 1.5, max: '1%' },
    ]),
    risk: withDefault(risk, {}),
    noData: withDefault(noData, {}),
    settle: withDefault(
      duration('from the look that sees the split in force until its counts belong to it'),
      '10s',
    ),
    inForceWithin: withDefault(positiveDuration('pause when the split is not in force for so long'), '10m'),
    onDrift: withDefault(choice('when somebody else changes the weights', ['stop', 'restore']), 'stop'),
    from: percent,
    abort: object('how an abort goes back', { to: percent }),
    suspend: withDefault(flag('do not start by itself'), false),
  },
  ['targets'],
);

const metadata = object(
  'as of any Kubernetes object',
  {
    name: name('the plan’s name'),
    namespace: name('its namespace; default where none is written'),
    ...Object.fromEntries(
      [
        'labels',
        'annotations',
        'uid',
        'resourceVersion',
        'generation',
        'creationTimestamp',
        'deletionTimestamp',
        'deletionGracePeriodSeconds',
        'finalizers',
        'managedFields',
        'ownerReferences',
        'selfLink',
      ].map((field) => [field, anything]),
    ),
  },
  ['name'],
);

/** A plan as it is written. `status` belongs to the cluster. */
export const planShape = object(
  'GrayRelease: how a release is to be carried out',
  { apiVersion: text('the group and version'), kind: text('the kind'), metadata, spec, status: anything },
  ['apiVersion', 'kind', 'metadata', 'spec'],
);

export type WrittenSpec = ReadBy<typeof spec>;
export type WrittenTarget = ReadBy<typeof target>;
export type WrittenGuard = ReadBy<typeof guard>;
export type WrittenStep = ReadBy<typeof step>;
export type WrittenArm = ReadBy<typeof arm>;
