import { isSubset, type Labels } from '../model/service.js';
import type { LabelExpression, LabelSelector } from '../resources/gateway-api.js';
import type { Resource } from '../resources/resource.js';
import { ofKind } from './of-kind.js';

/** The API server gives every namespace this label, with its name. */
const nameLabel = 'kubernetes.io/metadata.name';

/** The namespaces of a cluster: those that files describe, and those that anything in them is in. */
export class Namespaces {
  readonly #resources: readonly Resource[];
  #labels: ReadonlyMap<string, Labels> | undefined;

  constructor(resources: readonly Resource[]) {
    this.#resources = resources;
  }

  /** The names of those that a selector selects, in order. A namespace that no file describes has its name as its only label. */
  selectedBy(selector: LabelSelector): string[] {
    this.#labels ??= labelsIn(this.#resources);
    return [...this.#labels]
      .filter(([, labels]) => selects(selector, labels))
      .map(([name]) => name)
      .sort();
  }

  /** Whether the files say which labels a namespace has. */
  isDescribed(name: string): boolean {
    return ofKind(this.#resources, 'Namespace').some(({ metadata }) => metadata.name === name);
  }
}

function labelsIn(resources: readonly Resource[]): ReadonlyMap<string, Labels> {
  const labels = new Map<string, Labels>();
  for (const { kind, metadata } of resources)
    if (kind !== 'Namespace') labels.set(metadata.namespace, { [nameLabel]: metadata.namespace });
  for (const { metadata } of ofKind(resources, 'Namespace'))
    labels.set(metadata.name, { ...metadata.labels, [nameLabel]: metadata.name });
  return labels;
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
