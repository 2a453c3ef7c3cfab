import {
  type DocumentSource,
  type Location,
  objectsIn,
  type Path,
  parse,
  readYaml,
  type YamlDocument,
  type YamlNode,
} from '@grayscale/traffic-rules';
import type { ManifestIssue } from '../file-issue.js';
import type { ManifestFile } from '../reading.js';
import { Refusals } from './refusals.js';
import { replaceScalars } from './replace-scalars.js';
import { editedRules, type JsonObject, type RuleEdit } from './rule-edit.js';
import { type RuleLayout, ruleLayout, rulesIn } from './rule-layout.js';
import { RuleList } from './rule-list.js';
import { sameValue } from './same-value.js';
import { setWeight } from './set-weight.js';
import { applyEdits, type TextEdit } from './text-edit.js';
import { follow } from './written-path.js';

/** What names an object in a cluster. */
export interface ObjectIdentity {
  /** `networking.istio.io`; empty for the core group. */
  group: string;
  kind: string;
  /** `default` where the object names none. */
  namespace: string;
  name: string;
}

/** The whole new text, or why there is none; nothing is ever edited in part. */
export type Edited = { text: string } | { issues: ManifestIssue[] };

/** One object where it is written: edits change the characters that they are about and leave all others as they are. */
export class ManifestDocument {
  private readonly layout: RuleLayout;

  private constructor(
    /** With the text that the file has, whatever a kustomization puts into it. */
    readonly file: ManifestFile,
    readonly identity: ObjectIdentity,
    private readonly document: YamlDocument,
    private readonly index: number,
  ) {
    this.layout = ruleLayout(identity);
  }

  /** The objects of a file that have this identity, or the parts of it that are given, once the kustomizations around it are applied. */
  static find(file: ManifestFile, wanted: Partial<ObjectIdentity>): ManifestDocument[] {
    const { documents } = readYaml(file.text, file.path, file.kind);
    return documents.flatMap((whole, index) =>
      [...objectsIn(whole)].flatMap((object) => {
        const identity = identityOf(object.value, file);
        const isWanted =
          identity !== undefined &&
          (Object.keys(wanted) as (keyof ObjectIdentity)[]).every((part) => identity[part] === wanted[part]);
        return isWanted ? [new ManifestDocument(file, identity, object, index)] : [];
      }),
    );
  }

  /** Where the object, or a field of it, is written. */
  get source(): DocumentSource {
    return this.document.source;
  }

  /** The object as written. */
  get value(): JsonObject {
    return this.document.value as JsonObject;
  }

  /** `spec.http` as written, or a route's `spec.rules`; empty where there is none. */
  get rules(): readonly JsonObject[] {
    return rulesIn(this.value, this.layout);
  }

  /** Where a rule is written. */
  placeOf(rule: number): Location {
    return this.source.locatePath([...this.layout.rules, rule]);
  }

  /** A rule's destinations, with their weights; empty where none are written. */
  destinationsOf(rule: number): readonly unknown[] {
    const written = this.rules[rule]?.[this.layout.destinations];
    return Array.isArray(written) ? written : [];
  }

  /**
   * The file's text with changed rules. Comments, quotes, line breaks and all other objects stay to the byte. What would also
   * change another place, or cannot be read as meant, is refused; the result is read again and compared before it is given.
   * @throws RangeError for a rule or destination that is not there, and for a weight that is not a whole number from 0
   */
  edit(edits: readonly RuleEdit[]): Edited {
    const refusals = new Refusals(this.source, describe(this.identity));
    const root = this.source.node;
    if (root === undefined) {
      refusals.add(
        'edit-not-safe',
        '',
        undefined,
        'This JSON is not YAML as well; write it as YAML, or as plain JSON.',
      );
      return refusals;
    }
    const changes = edits.flatMap((edit) => this.textEdits(edit, root, refusals));
    if (refusals.issues.length > 0) return refusals;
    const text = applyEdits(this.file.text, changes);
    if (this.differsAsWanted(text, edits)) return { text };
    const message =
      'This edit would have changed more than it should, so it was not made. Edit the file by hand.';
    refusals.add('edit-not-safe', '', root, message);
    return refusals;
  }

  private textEdits(edit: RuleEdit, root: YamlNode, refusals: Refusals): TextEdit[] {
    const index = edit.kind === 'insert-rule' ? edit.before : edit.rule;
    const rule = this.rules[index];
    if (rule === undefined) throw new RangeError(`there is no rule ${index}`);
    if (edit.kind === 'set-weights') return this.weightEdits(edit.weights, index, root, refusals);
    const list = follow(root, this.layout.rules, refusals);
    const own =
      list && (edit.kind === 'insert-rule' || follow(root, [...this.layout.rules, index], refusals));
    if (typeof list !== 'object' || !own) return [];
    const rules = new RuleList(this.file.text, list.node, root);
    if (edit.kind === 'insert-rule') return [rules.insertAbove(index, edit.value)];
    if (edit.kind === 'remove-rule') return [rules.remove(index)];
    const node = list.node.items[index];
    const scalars = node && replaceScalars(node, rule, edit.value);
    return scalars ?? [rules.replace(index, edit.value)];
  }

  private weightEdits(
    weights: readonly (number | undefined)[],
    rule: number,
    root: YamlNode,
    refusals: Refusals,
  ): TextEdit[] {
    const written = this.destinationsOf(rule);
    if (weights.length > written.length) throw new RangeError('there are more weights than destinations');
    return weights.flatMap((weight, index) => {
      if (weight === undefined) return [];
      if (!Number.isInteger(weight) || weight < 0) throw new RangeError(`${weight} is not a weight`);
      const path = [...this.layout.rules, rule, this.layout.destinations, index];
      return setWeight({ text: this.file.text, root, path, value: written[index] }, weight, refusals);
    });
  }

  /** Whether a new text reads as the old one with these edits, in every document, and has no error that it had not. */
  private differsAsWanted(text: string, edits: readonly RuleEdit[]): boolean {
    const { path } = this.file;
    const before = readYaml(this.file.text, path);
    const after = readYaml(text, path);
    const wanted = before.documents.map(({ value }, index) =>
      index === this.index ? this.withRules(value, editedRules(this.rules, edits, this.layout)) : value,
    );
    return (
      before.issues.length === after.issues.length &&
      sameValue(
        wanted,
        after.documents.map(({ value }) => value),
        text.length,
      ) &&
      errorsIn(text, path) <= errorsIn(this.file.text, path)
    );
  }

  private withRules(whole: unknown, rules: unknown[]): unknown {
    const replaced = (value: unknown, [step, ...rest]: Path): unknown => {
      if (step === undefined) return rules;
      if (Array.isArray(value))
        return value.map((item, index) => (index === step ? replaced(item, rest) : item));
      const fields = value as JsonObject;
      return { ...fields, [step]: replaced(fields[step], rest) };
    };
    return replaced(whole, [...this.source.prefix, ...this.layout.rules]);
  }
}

function errorsIn(text: string, path: string): number {
  return parse(text, path).issues.filter(({ severity }) => severity === 'error').length;
}

/** Undefined for what is not an object of Kubernetes. */
function identityOf(value: unknown, { overrides }: ManifestFile): ObjectIdentity | undefined {
  const { apiVersion, kind, metadata } = (value ?? {}) as Partial<Record<string, unknown>>;
  if (typeof kind !== 'string' || typeof apiVersion !== 'string') return undefined;
  const { name, namespace } = (metadata ?? {}) as { name?: unknown; namespace?: unknown };
  if (typeof name !== 'string') return undefined;
  return {
    group: apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.lastIndexOf('/')) : '',
    kind,
    namespace:
      overrides.namespace ?? (typeof namespace === 'string' && namespace !== '' ? namespace : 'default'),
    name,
  };
}

/** `VirtualService hello-page/hello-ext-svc`, as in issues. */
export function describe({ kind, namespace, name }: ObjectIdentity): string {
  return `${kind} ${namespace}/${name}`;
}
