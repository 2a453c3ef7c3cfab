import { basename } from 'node:path';
import { type DocumentSource, isObject, type Path, readYaml } from '@grayscale/traffic-rules';
import { fileError, type ManifestIssue, type Place } from '../file-issue.js';
import { noOverrides, type Overrides } from '../overrides.js';
import { fieldsNotFollowed, fieldsWithoutEffect, followedFields } from './fields.js';

/** One entry of a list of paths, with the place where it stands. */
export interface Listed {
  value: string;
  place: Place;
}

/** A patch or a replacement, as written. */
export interface Change {
  value: unknown;
  place: Place;
}

/** What is followed of one kustomization file. */
export interface Kustomization {
  file: string;
  kind: 'Kustomization' | 'Component';
  resources: Listed[];
  components: Listed[];
  overrides: Overrides;
  patches: Change[];
  replacements: Change[];
}

/** Reads a kustomization. A field that might change the routing and is not followed is an issue that names it. */
export function parseKustomization(
  text: string,
  file: string,
): { kustomization?: Kustomization; issues: ManifestIssue[] } {
  const { documents, issues } = readYaml(text, file);
  const [document, second] = documents;
  const [error] = issues;
  if (error !== undefined) {
    const { line, column, message } = error;
    return { issues: [fileError('kustomization-invalid', { file, line, column }, capital(message))] };
  }
  if (document === undefined || second !== undefined || !isObject(document.value)) {
    const { line, column } = second?.source ?? { line: 1, column: 1 };
    const message =
      'A kustomization is one document, and a map of fields, such as `resources:` with a list of files.';
    return { issues: [fileError('kustomization-invalid', { file, line, column }, message)] };
  }
  return new Reader(file, document.value, document.source).read();
}

class Reader {
  private readonly issues: ManifestIssue[] = [];

  constructor(
    private readonly file: string,
    private readonly root: Record<string, unknown>,
    private readonly source: DocumentSource,
  ) {}

  read() {
    this.checkFields();
    const kustomization: Kustomization = {
      file: this.file,
      kind: this.kind(),
      resources: [...this.paths('resources'), ...this.paths('bases')],
      components: this.paths('components'),
      overrides: this.overrides(),
      patches: ['patches', 'patchesStrategicMerge', 'patchesJson6902'].flatMap((name) => this.list(name)),
      replacements: this.list('replacements'),
    };
    return { kustomization, issues: this.issues };
  }

  private checkFields(): void {
    for (const name of Object.keys(this.root)) {
      if (followedFields.has(name) || fieldsWithoutEffect.has(name)) continue;
      const place = this.place(name, [name]);
      this.issues.push(fieldsNotFollowed.has(name) ? notFollowed(place) : unknownField(place, name));
    }
  }

  private kind(): Kustomization['kind'] {
    const kind = this.value('kind') ?? 'Kustomization';
    if (kind === 'Kustomization' || kind === 'Component') return kind;
    this.invalid('kind', 'must be Kustomization or Component');
    return 'Kustomization';
  }

  private overrides(): Overrides {
    const namespace = this.value('namespace');
    if (namespace !== undefined && typeof namespace !== 'string')
      this.invalid('namespace', 'must be a string');
    return {
      ...noOverrides,
      ...(typeof namespace === 'string' && namespace !== '' ? { namespace } : {}),
      labels: { ...this.labels(), ...this.strings('commonLabels', this.value('commonLabels')) },
      annotations: this.strings('commonAnnotations', this.value('commonAnnotations')),
    };
  }

  private labels(): Record<string, string> {
    const labels: Record<string, string> = {};
    for (const { value, place } of this.list('labels')) {
      const entry = asRecord(value);
      if (entry.fields !== undefined)
        this.issues.push(notFollowed({ ...place, path: `${place.path}.fields` }));
      Object.assign(labels, this.strings(`${place.path}.pairs`, entry.pairs));
    }
    return labels;
  }

  private paths(name: string): Listed[] {
    return this.list(name).flatMap(({ value, place }) => {
      if (typeof value === 'string' && value !== '') return [{ value, place }];
      this.issues.push(
        fileError('kustomization-invalid', place, `${place.path} must be the path of a file or folder.`),
      );
      return [];
    });
  }

  private list(name: string): Change[] {
    const value = this.value(name);
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value)) {
      this.invalid(name, 'must be a list');
      return [];
    }
    return value.map((item: unknown, index) => ({
      value: item,
      place: this.place(`${name}[${index}]`, [name, index]),
    }));
  }

  private strings(path: string, value: unknown): Record<string, string> {
    if (value === undefined || value === null) return {};
    const entries = Object.entries(asRecord(value));
    if (entries.every(([, text]) => typeof text === 'string'))
      return Object.fromEntries(entries) as Record<string, string>;
    this.invalid(path, 'must be a map of strings; quote numbers and booleans');
    return {};
  }

  private value(name: string): unknown {
    return Object.hasOwn(this.root, name) ? this.root[name] : undefined;
  }

  private invalid(path: string, problem: string): void {
    const [name = path] = path.split(/[.[]/, 1);
    this.issues.push(fileError('kustomization-invalid', this.place(path, [name]), `${path} ${problem}.`));
  }

  private place(path: string, steps: Path): Place {
    const { line, column } = this.source.locatePath(steps);
    return { file: this.file, line, column, path };
  }
}

/** An issue about a field that is not followed, and what to do instead. */
export function notFollowed(
  place: Place,
  what = 'This field may change how requests are routed',
): ManifestIssue {
  const folder = place.file.slice(0, place.file.lastIndexOf(basename(place.file))) || '.';
  const remedy = `kubectl kustomize ${folder} | local-mesh --filename -`;
  return fileError(
    'kustomization-not-followed',
    place,
    `${what}, and it is not followed here. Render it first: ${remedy}`,
  );
}

function unknownField(place: Place, name: string): ManifestIssue {
  return fileError('kustomization-invalid', place, `kustomize has no field ${name}; check its spelling.`);
}

function asRecord(value: unknown): Record<string, unknown> {
  return isObject(value) ? value : {};
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
