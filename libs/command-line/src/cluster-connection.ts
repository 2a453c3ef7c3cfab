import type { ApiClient, ApiError, ClusterAccess } from '@grayscale/cluster-client';
import type { ClusterOptions } from './cluster-options.js';
import { CommandError, type ExitCode, exitCodes, UsageError } from './exit-codes.js';

/** An open way to the API server of a cluster. */
export interface ClusterConnection extends AsyncDisposable {
  readonly client: ApiClient;
  /** The context's name, its server and its namespace. */
  readonly access: ClusterAccess;
}

/**
 * Finds a cluster and logs in. What speaks to it is loaded here and not before: a command that works on files does not pay for it.
 * @throws CommandError that says what is wrong with the kubeconfig, or that this Node.js is too old
 */
export async function openCluster(options: ClusterOptions): Promise<ClusterConnection> {
  refuseOldNode();
  const { ApiClient, findCluster } = await import('@grayscale/cluster-client');
  const access = await findCluster(clusterOf(options)).catch(rethrow);
  const client = new ApiClient(access, { requestTimeout: options.requestTimeout });
  return { client, access, [Symbol.asyncDispose]: () => client.close() };
}

/** Works on a cluster and closes the connection; what it refuses becomes a CommandError with the exit code that says so. */
export async function withCluster<Result>(
  options: ClusterOptions,
  work: (cluster: ClusterConnection) => Promise<Result>,
): Promise<Result> {
  await using cluster = await openCluster(options);
  return await work(cluster).catch(rethrow);
}

/** The error that ends a command, for what the cluster client throws; anything else as it is. */
export function clusterFailure(error: unknown): unknown {
  const { code, message } = (error ?? {}) as { code?: unknown; message: string };
  if (code === 'CLUSTER_CONFIG') return new CommandError(exitCodes.wrongUsage, sentence(message));
  if (code === 'API_UNREACHABLE') return new CommandError(exitCodes.unreachable, sentence(message));
  if (code === 'API_ERROR') return new CommandError(exitCodeOf(error as ApiError), sentence(message));
  return error;
}

/** The oldest Node.js that the cluster client's libraries run on; on older ones they fail while they are loaded. */
const oldestNode = [22, 19] as const;

function refuseOldNode(): void {
  const { node } = process.versions;
  const [major = 0, minor = 0] = node.split('.').map(Number);
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return;
  throw new UsageError(
    `Node.js ${node} cannot connect to a cluster; use ${oldestNode.join('.')} or newer. Rules in files (-f) work with this one.`,
  );
}

function rethrow(error: unknown): never {
  throw clusterFailure(error);
}

function exitCodeOf({ status, isTemporary }: ApiError): ExitCode {
  if (status === 401 || status === 403) return exitCodes.forbidden;
  if (status === 409) return exitCodes.heldByAnother;
  return isTemporary ? exitCodes.unreachable : exitCodes.invalidInput;
}

function clusterOf({ kubeconfig, context, as }: ClusterOptions) {
  return {
    ...(kubeconfig !== undefined && { kubeconfig }),
    ...(context !== undefined && { context }),
    ...(as !== undefined && { as }),
  };
}

function sentence(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}
