import { nodeAt, objectsIn, type Path, readYaml, type YamlDocument } from '@grayscale/traffic-rules';
import { applyEdits } from '../document/text-edit.js';
import { scalarText } from '../document/write-value.js';
import { fileError, type ManifestIssue, type Place } from '../file-issue.js';
import type { ManifestFile } from '../reading.js';
import { routingKinds } from './fields.js';
import { type Change, notFollowed } from './kustomization.js';

/**
 * Applies `replacements` of the plain form: the scalar at one field path of one document goes to field paths of others.
 * It is written into the text where the old value stood, so lines keep their numbers. Other forms are issues that name
 * them, unless they cannot concern routing.
 */
export function applyReplacements(
  replacements: readonly Change[],
  files: readonly ManifestFile[],
): { files: readonly ManifestFile[]; issues: ManifestIssue[] } {
  const issues: ManifestIssue[] = [];
  let result = files;
  for (const { value, place } of replacements) {
    const replacement = plainReplacement(value);
    if (replacement !== undefined) result = new Replacing(replacement, place, issues).apply(result);
    else if (!concernsOtherKinds(value)) issues.push(notFollowed(place));
  }
  return { files: result, issues };
}

interface Selector {
  kind?: string;
  name?: string;
  namespace?: string;
}

interface Replacement {
  source: Selector & { fieldPath?: string };
  targets: Array<{ select: Selector; fieldPaths: string[] }>;
}

class Replacing {
  constructor(
    private readonly replacement: Replacement,
    private readonly place: Place,
    private readonly issues: ManifestIssue[],
  ) {}

  apply(files: readonly ManifestFile[]): readonly ManifestFile[] {
    const value = this.sourceValue(files);
    if (value === undefined) return files;
    let result = files;
    for (const target of this.replacement.targets) {
      const found = files.flatMap((file) => selected(file, target.select)).length;
      if (found === 0) this.invalid(`no document is a ${described(target.select)}`);
      result = result.map((file) => this.write(file, target, value));
    }
    return result;
  }

  private sourceValue(files: readonly ManifestFile[]): unknown {
    const { fieldPath = 'metadata.name', ...selector } = this.replacement.source;
    const [document, second] = files.flatMap((file) => selected(file, selector));
    if (document === undefined || second !== undefined) {
      this.invalid(
        `${second === undefined ? 'no document is' : 'more than one document is'} a ${described(selector)}`,
      );
      return undefined;
    }
    const value = valueAt(document, keysOf(fieldPath));
    if (value === undefined || typeof value === 'object')
      this.invalid(`${described(selector)} has no value at ${fieldPath}`);
    return typeof value === 'object' ? undefined : value;
  }

  private write(
    file: ManifestFile,
    { select, fieldPaths }: Replacement['targets'][number],
    value: unknown,
  ): ManifestFile {
    const edits = selected(file, select).flatMap(({ source }) =>
      fieldPaths.flatMap((fieldPath) => {
        const node = nodeAt(source.node, keysOf(fieldPath));
        if (node?.kind === 'scalar')
          return [{ start: node.start, end: node.end, text: scalarText(value, 'yaml') }];
        this.invalid(`${described(select)} has no value at ${fieldPath}`);
        return [];
      }),
    );
    if (edits.length === 0) return file;
    return { ...file, text: applyEdits(file.text, edits), written: file.written ?? file.text };
  }

  private invalid(problem: string): void {
    this.issues.push(
      fileError('kustomization-invalid', this.place, `There is a mistake in what it selects: ${problem}.`),
    );
  }
}

/** The objects of a file that a selector names; kustomize compares the parts exactly. */
function selected(
  { path, text, overrides }: ManifestFile,
  { kind, name, namespace }: Selector,
): YamlDocument[] {
  const objects = readYaml(text, path).documents.flatMap((document) => [...objectsIn(document)]);
  return objects.filter((object) => {
    const actual = overrides.namespace ?? valueAt(object, ['metadata', 'namespace']);
    return (
      (kind === undefined || valueAt(object, ['kind']) === kind) &&
      (name === undefined || valueAt(object, ['metadata', 'name']) === name) &&
      (namespace === undefined || actual === namespace)
    );
  });
}

function valueAt({ value }: YamlDocument, path: Path): unknown {
  return path.reduce((at: unknown, step) => {
    const isThere = typeof at === 'object' && at !== null && Object.hasOwn(at, step);
    return isThere ? (at as Record<string | number, unknown>)[step] : undefined;
  }, value);
}

function keysOf(fieldPath: string): Path {
  return fieldPath.split('.').map((key) => (/^\d+$/.test(key) ? Number(key) : key));
}

function described({ kind = 'document', name, namespace }: Selector): string {
  return [kind, [namespace, name].filter((part) => part !== undefined).join('/')].join(' ').trim();
}

/** The replacement, if it has nothing beyond the plain form. */
function plainReplacement(value: unknown): Replacement | undefined {
  const { source, targets, ...rest } = record(value);
  if (!hasOnly(source, ['kind', 'name', 'namespace', 'fieldPath']) || !Array.isArray(targets))
    return undefined;
  const isPlain = targets.every((target: unknown) => {
    const { select, fieldPaths, ...more } = record(target);
    return (
      hasOnly(select, ['kind', 'name', 'namespace']) &&
      Array.isArray(fieldPaths) &&
      fieldPaths.every((path) => typeof path === 'string' && /^[\w-]+(\.[\w-]+)*$/.test(path)) &&
      Object.keys(more).length === 0
    );
  });
  return isPlain && Object.keys(rest).length === 0 ? (value as Replacement) : undefined;
}

function concernsOtherKinds(value: unknown): boolean {
  const { targets } = record(value);
  if (!Array.isArray(targets)) return false;
  return targets.every((target) => {
    const { kind } = record(record(target).select);
    return typeof kind === 'string' && !(routingKinds as readonly string[]).includes(kind);
  });
}

function hasOnly(value: unknown, names: readonly string[]): boolean {
  const entries = Object.entries(record(value));
  return (
    entries.length > 0 && entries.every(([name, text]) => names.includes(name) && typeof text === 'string')
  );
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
