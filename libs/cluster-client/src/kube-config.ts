import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import type { KubeConfig, User } from '@kubernetes/client-node';
import { load } from 'js-yaml';
import { ClusterConfigError } from './errors.js';

const tokenFile = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/** How a cluster is chosen, as kubectl's options of the same names. */
export interface ClusterOptions {
  /** One file, instead of those of `KUBECONFIG` or `~/.kube/config`. */
  readonly kubeconfig?: string;
  readonly context?: string;
  /** The user to act as. */
  readonly as?: string;
  /** Where `KUBECONFIG` and the variables of a pod are read; `process.env` by default. */
  readonly environment?: NodeJS.ProcessEnv;
}

/** A loaded configuration, and the name of the context in it that is used. */
export interface LoadedKubeConfig {
  readonly config: KubeConfig;
  readonly context: string;
}

/** Half a second's work: only what speaks to a cluster asks for it. */
export const loadLibrary = () => import('@kubernetes/client-node');

/**
 * Reads kubeconfig files and merges them as kubectl does: of two entries with one name the first counts, as does the first
 * `current-context`; files of the list that are not there are passed over.
 * @throws ClusterConfigError
 */
export async function loadKubeConfig(options: ClusterOptions): Promise<LoadedKubeConfig> {
  const { KubeConfig } = await loadLibrary();
  const environment = options.environment ?? process.env;
  const files = filesOf(options.kubeconfig, environment);
  const present = files.filter((file) => existsSync(file));
  const config = new KubeConfig();
  if (present.length > 0) {
    for (const file of present) merge(config, read(new KubeConfig(), file));
  } else if (options.kubeconfig === undefined && existsSync(tokenFile)) {
    config.loadFromCluster();
    return { config, context: config.currentContext };
  } else {
    throw new ClusterConfigError(
      `No kubeconfig was found: ${files.join(', ')} does not exist. Name one with --kubeconfig, or set KUBECONFIG`,
    );
  }
  const context = options.context ?? config.currentContext;
  chooseContext(config, context, present);
  return { config, context };
}

function filesOf(kubeconfig: string | undefined, environment: NodeJS.ProcessEnv): string[] {
  if (kubeconfig !== undefined) return [kubeconfig];
  const listed = (environment.KUBECONFIG ?? '').split(delimiter).filter((file) => file !== '');
  return listed.length > 0 ? listed : [join(environment.HOME || homedir(), '.kube', 'config')];
}

function read(config: KubeConfig, file: string): KubeConfig {
  try {
    readText(config, readFileSync(file, 'utf8'), dirname(file));
    return config;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ClusterConfigError(`${file} cannot be read as a kubeconfig: ${reason}`, { cause: error });
  }
}

/** Takes up what a kubeconfig in that folder says. */
export function readText(config: KubeConfig, text: string, folder: string): void {
  config.loadFromString(text);
  config.makePathsAbsolute(folder);
  const { users } = load(text) as { users?: UserEntry[] };
  for (const entry of users ?? []) {
    const user = config.getUser(entry.name);
    if (user) complete(user, entry.user ?? {}, resolve(folder));
  }
}

/** An entry of `users`, as far as the library does not see to it. */
interface UserEntry {
  name: string;
  user?: { tokenFile?: string; 'as-groups'?: unknown; 'auth-provider'?: { name?: string } };
}

/** Paths are relative to the kubeconfig's folder; the library sees to those of certificates alone, and does not know `tokenFile`. */
function complete(user: User, entry: NonNullable<UserEntry['user']>, folder: string): void {
  if (entry['as-groups'] !== undefined) {
    throw new Error(
      `the user "${user.name}" sets as-groups, which is not supported here; use a user without it`,
    );
  }
  if (user.exec?.command?.includes('/')) user.exec.command = resolve(folder, user.exec.command);
  if (entry.tokenFile !== undefined) {
    const config = { tokenFile: resolve(folder, entry.tokenFile) };
    Object.assign(user, { authProvider: { name: 'tokenFile', config } });
  }
}

function merge(config: KubeConfig, added: KubeConfig): void {
  const keepFirst = <Entry extends { name: string }>(present: Entry[], more: Entry[]) => [
    ...present,
    ...more.filter(({ name }) => !present.some((entry) => entry.name === name)),
  ];
  config.clusters = keepFirst(config.clusters, added.clusters);
  config.users = keepFirst(config.users, added.users);
  config.contexts = keepFirst(config.contexts, added.contexts);
  config.currentContext ||= added.currentContext;
}

function chooseContext(config: KubeConfig, context: string | undefined, files: readonly string[]): void {
  const names = config.contexts.map(({ name }) => name);
  const known = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`;
  if (!context) {
    throw new ClusterConfigError(
      `${files.join(', ')} sets no current-context; name one with --context: ${known}`,
    );
  }
  if (!names.includes(context)) {
    throw new ClusterConfigError(`There is no context "${context}" in ${files.join(', ')}: ${known}`);
  }
  config.setCurrentContext(context);
}
