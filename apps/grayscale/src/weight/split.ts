import { type JsonObject, ManifestDocument, type ManifestSet } from '@grayscale/manifest-files';
import type { Location } from '@grayscale/traffic-rules';

/** A rule with two or more destinations, where it is written. */
export interface Split {
  document: ManifestDocument;
  /** Index in `spec.http`. */
  rule: number;
  ruleName?: string;
  place: Location;
  destinations: SplitDestination[];
}

export interface SplitDestination {
  host: string;
  port?: number;
  subset?: string;
  /** 0 where none is written; NaN where what is written is not a number. */
  weight: number;
}

/**
 * The splits of the VirtualServices in a set, in its order.
 * @param name looks only where this name may be written: reading a file to edit it takes longer than to search it
 */
export function splitsIn({ files }: ManifestSet, name = ''): Split[] {
  // What is not written as it is, is written with escapes.
  const candidates = files.filter(
    ({ text }) => text.includes('\\') || (text.includes('VirtualService') && text.includes(name)),
  );
  const virtualServices = candidates.flatMap((file) =>
    ManifestDocument.find(file, { group: 'networking.istio.io', kind: 'VirtualService' }),
  );
  return virtualServices.flatMap((document) =>
    document.rules.flatMap((value, rule) => {
      const destinations = destinationsOf(value);
      if (destinations.length < 2) return [];
      const { name } = value as { name?: unknown };
      return [new WrittenSplit(document, rule, destinations, typeof name === 'string' ? name : undefined)];
    }),
  );
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
    return this.document.source.locatePath(['spec', 'http', this.rule]);
  }
}

function destinationsOf(rule: JsonObject | null): SplitDestination[] {
  return Array.isArray(rule?.route) ? rule.route.map(destinationOf) : [];
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
