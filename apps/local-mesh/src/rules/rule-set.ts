import { createHash } from 'node:crypto';
import {
  compileManifestsInSteps,
  emptiedFiles,
  type ManifestIssue,
  type ManifestSet,
} from '@grayscale/manifest-files';
import {
  type Client,
  type Resource,
  type RouteTable,
  type Steps,
  takeAll,
  type Workload,
} from '@grayscale/traffic-rules';

import { type Secrets, secretsIn } from './secrets.js';

/** Rules that can be put in force as one. */
export interface RuleSet {
  /** Changes with any file and any option that counts. */
  hash: string;
  loadedAt: Date;
  files: Array<{ path: string; sha256: string }>;
  resources: readonly Resource[];
  /** Whose table it is: the client as the resources have it. */
  workload: Workload;
  table: RouteTable;
  /** Warnings and remarks, and errors of what is left out. What `analyze` finds joins them when it is done. */
  issues: readonly ManifestIssue[];
  /** Objects of a cluster that cannot be put in force: they stay as they were before, or are not there. */
  leftOut: readonly string[];
  /** For the gateway that the mesh stands for, by kind and `namespace/name`; beside a workload none are read. */
  secrets: Secrets;
  /** Finds in short steps what the documents do together; its last step returns the issues. */
  analyze(): Steps<readonly ManifestIssue[]>;
}

/** A set that is not put in force, and why. */
export interface RefusedSet {
  refusedAt: Date;
  issues: readonly ManifestIssue[];
}

/**
 * Checks and compiles what was read; what is wrong with each document comes at once, what they do together with `analyze`.
 * @param inForce what the resources of the set in force are: a file that held some of them may not become empty
 */
export function buildRuleSet(
  set: ManifestSet,
  client: Client,
  options: BuildOptions = {},
): RuleSet | RefusedSet {
  return takeAll(ruleSetInSteps(set, client, options));
}

export interface BuildOptions {
  inForce?: readonly Resource[];
  now?: Date;
}

/** As {@link buildRuleSet}, in steps between which requests can be served. */
export function* ruleSetInSteps(
  set: ManifestSet,
  client: Client,
  { inForce = [], now = new Date() }: BuildOptions = {},
): Steps<RuleSet | RefusedSet> {
  const emptied = emptiedFiles(set, inForce);
  const hash = sha256(JSON.stringify([set.files, client])).slice(0, 12);
  const compiled = yield* compileManifestsInSteps(set, client, {
    hash,
    before: inForce,
  });
  const { resources, issues, table, workload, leftOut, analyze } = compiled;
  if (table === undefined || workload === undefined || emptied.length > 0)
    return { refusedAt: now, issues: [...emptied, ...issues] };
  return {
    hash,
    loadedAt: now,
    files: set.files.map(({ path, text }) => ({ path, sha256: sha256(text) })),
    resources,
    workload,
    table,
    issues,
    leftOut,
    secrets: 'gateway' in client ? secretsIn(set) : new Map(),
    analyze,
  };
}

export function isRefused(set: RuleSet | RefusedSet): set is RefusedSet {
  return 'refusedAt' in set;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
