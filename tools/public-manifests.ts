// node tools/public-manifests.ts FOLDER: puts every manifest of the repositories in public-manifests.txt, whole files, through what
// `grayscale check` does, and prints counts: nothing may hang, throw, or take more than two seconds of CPU. FOLDER holds clones as OWNER/NAME,
// bare or not; what is not there is passed over. Run by hand: none of those files is in this repository.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { checkManifests, type ManifestIssue } from '../libs/manifest-files/dist/index.js';

const [folder = '.'] = process.argv.slice(2);
const repositories = readFileSync(new URL('public-manifests.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => /^[^#\s]/.test(line));
const workload = { namespace: 'default', labels: {}, outboundTrafficPolicy: 'ALLOW_ANY' } as const;
const slowMs = 2000;

interface Counts {
  files: number;
  resources: number;
  errors: number;
  warnings: number;
  /** What may not be. */
  faults: string[];
  slowest: { ms: number; path: string };
}

/** What git prints; nothing where it finds nothing, or where a partial clone lacks the file. */
function git(repository: string, ...args: string[]): string {
  return spawnSync('git', ['-C', repository, ...args], { encoding: 'utf8', maxBuffer: 1 << 30 }).stdout ?? '';
}

/** The manifests of the newest commit: files that name a kind and a version. */
function* manifestsOf(repository: string): Generator<{ path: string; text: string }> {
  const found = git(
    repository,
    'grep',
    '-l',
    '-z',
    '-I',
    'apiVersion"\\?:',
    'HEAD',
    '--',
    '*.yaml',
    '*.yml',
    '*.json',
  );
  for (const name of found.split('\0')) {
    const path = name.replace(/^HEAD:/, '');
    if (path === '') continue;
    const text = git(repository, 'cat-file', 'blob', `HEAD:${path}`);
    if (/"?\bkind"?:/.test(text)) yield { path, text };
  }
}

function check(counts: Counts, { path, text }: { path: string; text: string }): void {
  const set = {
    files: [{ path, text, overrides: { labels: {}, annotations: {} } }],
    issues: [],
    tracked: [],
  };
  const start = process.cpuUsage().user;
  try {
    // The time limit is for what would never end.
    const work = () => checkManifests(set, workload);
    const { resources, issues } = runInNewContext('work()', { work }, { timeout: 60_000 });
    counts.resources += resources.length;
    count(counts, issues);
  } catch (error) {
    counts.faults.push(`${path}: ${error}`);
  }
  const ms = (process.cpuUsage().user - start) / 1000;
  counts.files += 1;
  if (ms > counts.slowest.ms) counts.slowest = { ms, path };
  if (ms > slowMs) counts.faults.push(`${path}: ${Math.round(ms)} ms of CPU`);
}

function count(counts: Counts, issues: readonly ManifestIssue[]): void {
  for (const { severity, code, file, message } of issues) {
    if (severity === 'error') counts.errors += 1;
    if (severity === 'warning') counts.warnings += 1;
    if (code === 'engine-failure') counts.faults.push(`${file}: ${message}`);
  }
}

let faults = 0;
for (const name of repositories) {
  const repository = join(folder, name);
  if (!existsSync(repository)) {
    console.log(`${name}: not in ${folder}`);
    continue;
  }
  const none = { files: 0, resources: 0, errors: 0, warnings: 0, faults: [], slowest: { ms: 0, path: '' } };
  const counts: Counts = none;
  for (const manifest of manifestsOf(repository)) check(counts, manifest);
  const { files, resources, errors, warnings, slowest } = counts;
  console.log(
    `${name}: ${files} files, ${resources} resources that concern routing, ${errors} errors, ${warnings} warnings; slowest ${Math.round(slowest.ms)} ms (${slowest.path})`,
  );
  for (const fault of counts.faults) console.log(`  FAULT ${fault}`);
  faults += counts.faults.length;
}
console.log(`${faults} faults`);
if (faults > 0) process.exitCode = 1;
