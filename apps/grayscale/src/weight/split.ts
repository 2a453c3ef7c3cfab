import { type JsonObject, ManifestDocument, type ManifestSet } from '@grayscale/manifest-files';
import { targetKinds } from '@grayscale/release';
import type { Location } from '@grayscale/traffic-rules';

/** A rule with two or more destinations, where it is written. */
export interface Split {
  document: ManifestDocument;
  /** Index in `spec.http`, or in a route's `spec.rules`. */
  rule: number;
  ruleName?: string;
  place: Location;
  destinations: SplitDestination[];
}

export interface SplitDestination {
  host: string;
  port?: number;
  subset?: string;
  /** Where none is written 0, or 1 in a route of the Gateway API; NaN where what is written is not a number. */
  weight: number;
}

const kinds = Object.values(targetKinds);

/**
 * The splits of the VirtualServices and routes in a set, in its order.
 * @param name looks only where this name may be written: reading a file to edit it takes longer than to search it
 */
export function splitsIn({ files }: ManifestSet, name = ''): Split[] {
  // What is not written as it is, is written with escapes.
  const mayHave = (text: string, word: string) => text.includes('\\') || text.includes(word);
  return files
    .filter(({ text }) => mayHave(text, name))
    .flatMap((file) =>
      kinds
        .filter(({ kind }) => mayHave(file.text, kind))
        .flatMap((wanted) => ManifestDocument.find(file, wanted)),
    )
    .flatMap(splitsOf);
}

function splitsOf(document: ManifestDocument): Split[] {
  const { identity, rules } = document;
  const read = identity.kind === 'VirtualService' ? destinationOf : backendOf(identity.namespace);
  return rules.flatMap((value, rule) => {
    const destinations = document.destinationsOf(rule).map(read);
    const name = value?.name;
    return destinations.length < 2
      ? []
      : [new WrittenSplit(document, rule, destinations, typeof name === 'string' ? name : undefined)];
  });
}

class WrittenSplit implements Split {
  declare readonly ruleName?: string;

  constructor(
    readonly document: ManifestDocument,
    readonly rule: number,
    readonly destinations: SplitDestination[],
    ruleName: string | undefined,
  ) {
    if (ruleName !== undefined) this.ruleName = ruleName;
  }

  /** Looked up when it is asked for, which few splits are. */
  get place(): Location {
    return this.document.placeOf(this.rule);
  }
}

function destinationOf(value: unknown): SplitDestination {
  const { destination, weight } = fields(value);
  const { host, port, subset } = fields(destination);
  const { number } = fields(port);
  return {
    host: typeof host === 'string' ? host : '',
    ...(typeof number === 'number' && { port: number }),
    ...(typeof subset === 'string' && { subset }),
    weight: weight === undefined || weight === null ? 0 : Number(weight),
  };
}

/** A Service under its whole name; other kinds, such as Istio's Hostname, under theirs. */
function backendOf(routeNamespace: string): (value: unknown) => SplitDestination {
  return (value) => {
    const { kind, name, namespace, port, weight } = fields(value);
    const written = typeof name === 'string' ? name : '';
    const isService = kind === undefined || kind === null || kind === 'Service';
    const owner = typeof namespace === 'string' ? namespace : routeNamespace;
    return {
      host: isService ? `${written}.${owner}.svc.cluster.local` : written,
      ...(typeof port === 'number' && { port }),
      weight: weight === undefined || weight === null ? 1 : Number(weight),
    };
  };
}

function fields(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null ? (value as JsonObject) : {};
}

/** `hello-page/hello-ext-svc#0`, or by a name that only this rule has `hello-page/hello-ext-svc:main`: what can be given as RULE. */
export function ruleText({ document: { identity, rules }, rule, ruleName }: Split): string {
  const isUnique = ruleName !== undefined && rules.filter((one) => one?.name === ruleName).length === 1;
  return `${identity.namespace}/${identity.name}${isUnique ? `:${ruleName}` : `#${rule}`}`;
}

/** `hello.hello-1.svc.cluster.local:8080/v1`, as far as it is written. */
export function destinationText({ host, port, subset }: SplitDestination): string {
  return `${host}${port === undefined ? '' : `:${port}`}${subset === undefined ? '' : `/${subset}`}`;
}
