import { basename, dirname, normalize } from 'node:path';
import type { Readable } from 'node:stream';
import { engineFailure } from './engine-failure.js';
import { fileWarning, type ManifestIssue } from './file-issue.js';
import { kustomizationNames, readFolder } from './folder.js';
import { accumulate, kustomizationsIn } from './kustomize/accumulate.js';
import { noOverrides } from './overrides.js';
import { type ManifestFile, type OnceRead, Reading, sameManifest, standardInput } from './reading.js';
import { systemIssue } from './text-file.js';

/** What was read, what was wrong with it, and which paths it depends on. */
export interface ManifestSet {
  files: ManifestFile[];
  issues: ManifestIssue[];
  /** Absolute paths of the files and folders that were looked at, whether they exist or not. */
  tracked: string[];
}

/** What is read beside the paths. */
export interface ReadOptions {
  /** What the path `-` reads; the process's own standard input unless given. */
  stdin?: Readable;
  /** A file of MeshConfig, or of the ConfigMap that has it. */
  meshConfig?: string;
}

/** Reads the same paths any number of times; standard input and pipes are read once and remembered. */
export class ManifestReader {
  private readonly onceRead: OnceRead = new Map();
  private readonly stdin: Readable;
  /** The files of the last reading, by path. */
  private last: ReadonlyMap<string, ManifestFile> = new Map();
  private readonly meshConfig: string | undefined;

  constructor(
    private readonly paths: readonly string[],
    { stdin = process.stdin, meshConfig }: ReadOptions = {},
  ) {
    this.stdin = stdin;
    this.meshConfig = meshConfig;
  }

  async read(): Promise<ManifestSet> {
    const reading = new Reading(this.onceRead, this.stdin);
    const files: ManifestFile[] = [];
    for (const path of this.paths) {
      const found = await readPath(path, reading).catch((error: unknown) => {
        // A file that went while it was looked at, or a mistake of ours.
        reading.issues.push(readFailure(path, error));
        return [];
      });
      for (const file of found) {
        if (files.some((known) => sameManifest(known, file))) reading.issues.push(repeated(file));
        else files.push(this.kept(file));
      }
    }
    if (this.meshConfig !== undefined) files.push(...(await readMeshConfig(this.meshConfig, reading)));
    this.last = new Map(files.map((file) => [file.path, file]));
    return { files, issues: reading.issues, tracked: [...reading.tracked] };
  }

  /** What has not changed since the last reading is the same object, which need not be parsed again. */
  private kept(file: ManifestFile): ManifestFile {
    const before = this.last.get(file.path);
    const isSame =
      before !== undefined &&
      before.text === file.text &&
      before.kind === file.kind &&
      sameManifest(before, file);
    return isSame ? before : file;
  }
}

/**
 * Reads manifests as kubectl finds them.
 * @param paths files, folders (a `kustomization.yaml` in one is followed), or `-` for standard input
 * @returns all that could be read, and an issue for whatever could not; it never rejects over a user's file
 */
export async function readManifests(paths: readonly string[], options?: ReadOptions): Promise<ManifestSet> {
  return await new ManifestReader(paths, options).read();
}

function readFailure(path: string, error: unknown): ManifestIssue {
  const isSystemError = error instanceof Error && 'syscall' in error;
  return isSystemError ? systemIssue(path, error) : engineFailure({ file: path }, error);
}

async function readPath(given: string, reading: Reading): Promise<ManifestFile[]> {
  if (given === standardInput) return await readFile(given, reading);
  const path = normalize(given);
  const isFolder = await reading.isFolder(path);
  if (isFolder === undefined) return [];
  if (isFolder) {
    const isKustomized = (await kustomizationsIn(path, reading)).length > 0;
    return isKustomized ? await accumulate(path, reading) : await readFolder(path, reading);
  }
  const isKustomization = (kustomizationNames as readonly string[]).includes(basename(path));
  return isKustomization ? await accumulate(dirname(path), reading) : await readFile(path, reading);
}

async function readFile(path: string, reading: Reading): Promise<ManifestFile[]> {
  const text = await reading.givenText(path);
  return text === undefined ? [] : [{ path, text, overrides: noOverrides }];
}

async function readMeshConfig(path: string, reading: Reading): Promise<ManifestFile[]> {
  const found = await readFile(path, reading);
  return found.map((file) => ({ ...file, kind: 'mesh-config' }));
}

function repeated({ path }: ManifestFile): ManifestIssue {
  return fileWarning('file-repeated', { file: path }, `${path} is given more than once; it is read once.`);
}
