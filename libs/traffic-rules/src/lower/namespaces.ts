import { isSubset, type Labels } from '../model/service.js';
import type { LabelExpression, LabelSelector } from '../resources/label-selector.js';
import type { Resource } from '../resources/resource.js';
import { ofKind } from './of-kind.js';

/** The API server gives every namespace this label, with its name. */
const nameLabel = 'kubernetes.io/metadata.name';

/** The namespaces of a cluster: those that files describe, and those that anything in them is in. */
export class Namespaces {
  readonly #resources: readonly Resource[];
  #known: Known | undefined;

  constructor(resources: readonly Resource[]) {
    this.#resources = resources;
  }

  /** The names of those that a selector selects, in order. A namespace that no file describes has its name as its only label. */
  selectedBy(selector: LabelSelector): string[] {
    return [...this.#all.labels]
      .filter(([, labels]) => selects(selector, labels))
      .map(([name]) => name)
      .sort();
  }

  /**
   * Whether one of several selectors may select a namespace. Of one that no file describes only its name is known: what is asked of its other labels
   * is taken as met.
   */
  mayBeSelectedBy(selectors: readonly LabelSelector[], name: string): boolean {
    const labels = this.#all.labels.get(name) ?? { [nameLabel]: name };
    const asked = this.isDescribed(name) ? selectors : selectors.map(byNameAlone);
    return asked.some((selector) => selects(selector, labels));
  }

  /** Whether the files say which labels a namespace has. */
  isDescribed(name: string): boolean {
    return this.#all.described.has(name);
  }

  /** Read when somebody asks, which few meshes do. */
  get #all(): Known {
    this.#known ??= knownIn(this.#resources);
    return this.#known;
  }
}

interface Known {
  labels: ReadonlyMap<string, Labels>;
  /** By documents of their own. */
  described: ReadonlySet<string>;
}

function knownIn(resources: readonly Resource[]): Known {
  const labels = new Map<string, Labels>();
  for (const { kind, metadata } of resources)
    if (kind !== 'Namespace') labels.set(metadata.namespace, { [nameLabel]: metadata.namespace });
  const documents = ofKind(resources, 'Namespace');
  for (const { metadata } of documents)
    labels.set(metadata.name, { ...metadata.labels, [nameLabel]: metadata.name });
  return { labels, described: new Set(documents.map(({ metadata }) => metadata.name)) };
}

function byNameAlone({ matchLabels, matchExpressions }: LabelSelector): LabelSelector {
  return {
    matchLabels: Object.hasOwn(matchLabels, nameLabel) ? { [nameLabel]: matchLabels[nameLabel] ?? '' } : {},
    matchExpressions: matchExpressions.filter(({ key }) => key === nameLabel),
  };
}

function selects({ matchLabels, matchExpressions }: LabelSelector, labels: Labels): boolean {
  return isSubset(matchLabels, labels) && matchExpressions.every((expression) => meets(labels, expression));
}

function meets(labels: Labels, { key, operator, values }: LabelExpression): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
}
