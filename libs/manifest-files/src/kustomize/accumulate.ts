import { realpath } from 'node:fs/promises';
import { isAbsolute, join, relative } from 'node:path';
import { fileError, type Place } from '../file-issue.js';
import { kustomizationNames } from '../folder.js';
import { composeOverrides, noOverrides } from '../overrides.js';
import { type ManifestFile, type Reading, sameManifest } from '../reading.js';
import { type Kustomization, type Listed, notFollowed, parseKustomization } from './kustomization.js';
import { mayReplaceRouting, selectedByPatch } from './selection.js';

/** The kustomization files in a folder: one, if the folder is to be built. */
export async function kustomizationsIn(folder: string, reading: Reading): Promise<string[]> {
  const names = new Set(await reading.names(folder));
  return kustomizationNames.filter((name) => names.has(name)).map((name) => join(folder, name));
}

/** Collects the manifests that `kubectl kustomize FOLDER` would print, as far as routing is concerned. */
export async function accumulate(folder: string, reading: Reading): Promise<ManifestFile[]> {
  return await new Accumulator(reading, []).build(folder, { file: folder });
}

class Accumulator {
  private files: ManifestFile[] = [];

  /** @param ancestors real paths of the folders being built, outermost first */
  constructor(
    private readonly reading: Reading,
    private readonly ancestors: readonly string[],
  ) {}

  async build(folder: string, from: Place): Promise<ManifestFile[]> {
    const kustomization = await this.load(folder, from);
    if (kustomization === undefined) return [];
    const inner = new Accumulator(this.reading, [...this.ancestors, await realpath(folder)]);
    return await inner.assemble(kustomization, folder);
  }

  /** kustomize's order: resources, then components, then the transformers of this kustomization over all of them. */
  private async assemble(kustomization: Kustomization, folder: string): Promise<ManifestFile[]> {
    for (const resource of kustomization.resources) await this.addResource(resource, folder);
    for (const component of kustomization.components) await this.addComponent(component, folder);
    return await this.transform(kustomization, folder);
  }

  private async addResource(listed: Listed, folder: string): Promise<void> {
    const path = this.located(listed, folder);
    const isFolder = path === undefined ? undefined : await this.isFolder(path, listed);
    if (path === undefined || isFolder === undefined) return;
    this.add(
      isFolder ? await this.build(path, listed.place) : await this.readFile(path, listed, folder),
      listed,
    );
  }

  private async addComponent(listed: Listed, folder: string): Promise<void> {
    const path = this.located(listed, folder);
    if (path === undefined || (await this.isFolder(path, listed)) === undefined) return;
    const component = await this.load(path, listed.place);
    if (component === undefined) return;
    const inner = new Accumulator(this.reading, [...this.ancestors, await realpath(path)]);
    // A component works on what its parent has gathered so far, and adds to it.
    inner.files = this.files;
    this.files = await inner.assemble(component, path);
  }

  private async transform(kustomization: Kustomization, folder: string): Promise<ManifestFile[]> {
    await this.refusePatches(kustomization, folder);
    for (const { value, place } of kustomization.replacements)
      if (mayReplaceRouting(value)) this.reading.issues.push(notFollowed(place));
    return this.files.map((file) => ({
      ...file,
      overrides: composeOverrides(file.overrides, kustomization.overrides),
    }));
  }

  private async refusePatches({ patches }: Kustomization, folder: string): Promise<void> {
    const texts = this.files.map(({ text }) => text);
    for (const { value, place } of patches) {
      const selected = selectedByPatch(value, await this.patchBody(value, folder), texts);
      if (selected === undefined) continue;
      const what = `This patch changes ${selected.kind} ${selected.name}, which decides how requests are routed`;
      this.reading.issues.push({
        ...notFollowed(place, what),
        resource: `${selected.kind} ${selected.name}`,
      });
    }
  }

  /** `patches` name their text as `patch` or `path`; `patchesStrategicMerge` is a file or the text itself. */
  private async patchBody(patch: unknown, folder: string): Promise<string> {
    const { patch: inline, path } = (typeof patch === 'string' ? { path: patch } : (patch ?? {})) as Record<
      string,
      unknown
    >;
    if (typeof inline === 'string') return inline;
    if (typeof path !== 'string') return '';
    return path.includes('\n') ? path : ((await this.reading.text(join(folder, path))) ?? '');
  }

  private async load(folder: string, from: Place): Promise<Kustomization | undefined> {
    const real = await realpath(folder);
    if (this.ancestors.includes(real)) {
      this.error('kustomization-cycle', from, `${folder} contains itself: this entry leads back to it.`);
      return undefined;
    }
    const [file, second] = await kustomizationsIn(folder, this.reading);
    if (file === undefined) {
      this.error('file-not-found', from, `${folder} has no kustomization.yaml; list its files, or add one.`);
      return undefined;
    }
    if (second !== undefined)
      this.error('kustomization-invalid', { file: second }, `${folder} has two: keep ${file}.`);
    return await this.parse(file);
  }

  private async parse(file: string): Promise<Kustomization | undefined> {
    const text = await this.reading.text(file);
    if (text === undefined) return undefined;
    const { kustomization, issues } = parseKustomization(text, file);
    this.reading.issues.push(...issues);
    return kustomization;
  }

  private located({ value, place }: Listed, folder: string): string | undefined {
    if (!/^[a-z][a-z+.-]*:\/\/|^git@|^(www\.)?git(hub|lab)\.com\//i.test(value)) {
      return isAbsolute(value) ? value : join(folder, value);
    }
    const message = `${value} is remote, and nothing is fetched here. Render it first: kubectl kustomize ${folder} | local-mesh --filename -`;
    this.error('kustomization-remote', place, message);
    return undefined;
  }

  /** As `Reading.isFolder`, but what is missing is reported where it is listed. */
  private async isFolder(path: string, { place }: Listed): Promise<boolean | undefined> {
    const { issues } = this.reading;
    const before = issues.length;
    const isFolder = await this.reading.isFolder(path);
    for (const issue of issues.splice(before))
      issues.push({
        ...issue,
        ...place,
        line: place.line ?? 1,
        column: place.column ?? 1,
        path: place.path ?? '',
      });
    return isFolder;
  }

  private async readFile(path: string, { place }: Listed, folder: string): Promise<ManifestFile[]> {
    if (relative(await realpath(folder), await realpath(path)).startsWith('..')) {
      const message = `${path} lies outside ${folder}, and kustomize refuses that. List a folder with a kustomization.yaml instead.`;
      this.error('kustomization-outside', place, message);
      return [];
    }
    const text = await this.reading.text(path);
    return text === undefined ? [] : [{ path, text, overrides: noOverrides }];
  }

  private add(files: ManifestFile[], { place }: Listed): void {
    for (const file of files) {
      if (this.files.some((known) => sameManifest(known, file)))
        this.error('kustomization-repeated', place, `${file.path} is in this kustomization twice.`);
      else this.files.push(file);
    }
  }

  private error(code: Parameters<typeof fileError>[0], place: Place, message: string): void {
    this.reading.issues.push(fileError(code, place, message));
  }
}
