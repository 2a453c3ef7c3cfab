import { asObject, type JsonObject, numberAt, objectAt, objectsAt, textAt } from './json.js';

/** A place in a rule's file, or in an object of a cluster. */
export interface Place {
  file: string;
  line: number;
  /** Of an object alone: its field, in place of a line. */
  field?: string;
}

/** `k8s/rules.yaml:12`, or `VirtualService shop/front (cluster) spec.http[0]`. */
export function placeText({ file, line, field }: Place): string {
  return field === undefined ? `${file}:${line}` : `${file} ${field}`.trimEnd();
}

/** Which rule decided, as far as the mesh says. */
export interface Because {
  /** `rule`, `default-route`, `no-rule-matches`, `unknown-host` or `no-listener`. */
  reason: string;
  /** `VirtualService hello-page/hello-ext-svc`. */
  resource?: { title: string; place: Place };
  /** Index from 0, as the YAML's list has it. */
  rule?: { index: number; name: string; place: Place };
  match?: { index: number; name: string; place: Place };
}

/** One destination of a rule. */
export interface DestinationShare {
  /** `host:port`, with `/subset` where there is one. */
  destination: string;
  /** 0-1. */
  share: number;
}

/** What the mesh decided for one request. */
export interface RequestDecision {
  requestId: string;
  kind: string;
  because: Because;
  /** Empty when no destination was chosen. */
  destination: string;
  share: number | undefined;
  cluster: string;
  /** The address that answered; empty when none did. */
  upstream: string;
  /** Envoy's response flags: `UF`, `NR`, ... */
  flags: string;
  /** The hash of the rules that decided. */
  rules: string;
}

/** Reads one event of the stream; undefined for what is not a decision. */
export function parseDecisionEvent(event: JsonObject): RequestDecision | undefined {
  const requestId = textAt(event, 'requestId');
  const decision = asObject(event.decision);
  if (requestId === '' || !decision) return undefined;
  const destination = asObject(objectAt(decision, 'because').destination);
  return {
    requestId,
    kind: textAt(decision, 'kind'),
    because: parseBecause(objectAt(decision, 'because')),
    destination: destination ? destinationName(destination) : '',
    share: destination && numberAt(destination, 'share'),
    cluster: textAt(event, 'cluster'),
    upstream: textAt(event, 'upstream'),
    flags: textAt(event, 'flags'),
    rules: textAt(event, 'rules'),
  };
}

/** Reads `because` of the engine's decision. */
export function parseBecause(because: JsonObject): Because {
  const resource = asObject(because.resource);
  const rule = asObject(because.rule);
  const match = asObject(because.match);
  return {
    reason: textAt(because, 'reason'),
    ...(resource && { resource: { title: resourceTitle(resource), place: parsePlace(resource) } }),
    ...(rule && { rule: parseEntry(rule) }),
    ...(match && { match: parseEntry(match) }),
  };
}

/** Reads the destinations of a rule with their shares. */
export function parseDestinations(parent: JsonObject): DestinationShare[] {
  return objectsAt(parent, 'destinations').map((destination) => ({
    destination: destinationName(destination),
    share: numberAt(destination, 'share') ?? 0,
  }));
}

function destinationName(destination: JsonObject): string {
  const port = numberAt(destination, 'port');
  const subset = textAt(destination, 'subset');
  return `${textAt(destination, 'host')}${port === undefined ? '' : `:${port}`}${subset === '' ? '' : `/${subset}`}`;
}

function resourceTitle(resource: JsonObject): string {
  return `${textAt(resource, 'kind') || 'VirtualService'} ${textAt(resource, 'namespace')}/${textAt(resource, 'name')}`;
}

function parseEntry(entry: JsonObject): { index: number; name: string; place: Place } {
  return { index: numberAt(entry, 'index') ?? 0, name: textAt(entry, 'name'), place: parsePlace(entry) };
}

function parsePlace(located: JsonObject): Place {
  return placeIn(objectAt(located, 'location'));
}

/** Reads the place that an issue or a location has. */
export function placeIn(located: JsonObject): Place {
  const { field } = located;
  return {
    file: textAt(located, 'file'),
    line: numberAt(located, 'line') ?? 0,
    ...(typeof field === 'string' && { field }),
  };
}
