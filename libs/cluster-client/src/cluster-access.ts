import type { Cluster, KubeConfig, User } from '@kubernetes/client-node';
import type { Agent } from 'undici';
import { ClusterConfigError } from './errors.js';
import { type ClusterOptions, type LoadedKubeConfig, loadKubeConfig } from './kube-config.js';

/** TLS of a connection, in undici's words. */
export type ConnectOptions = Extract<NonNullable<Agent.Options['connect']>, { ca?: unknown }>;

/** Where the API server is and how one gets in. */
export interface ClusterAccess {
  readonly server: string;
  /** The namespace of the context: what applies where none is given. */
  readonly namespace: string;
  /** The context's name, for words; `in-cluster` inside a pod. */
  readonly context: string;
  readonly proxyUrl?: string;
  /**
   * Credentials as of now. Asked before each request: tokens expire, and certificates of an exec plugin are replaced.
   * @param fresh reads the kubeconfig and asks a plugin anew, although what it gave should still hold
   * @throws ClusterConfigError when a plugin or a token file fails
   */
  credentials(fresh?: boolean): Promise<Credentials>;
}

/** What a request to the API server needs beside its path: headers, and TLS with a client certificate where there is one. */
export interface Credentials {
  /** Authorization and impersonation. */
  readonly headers: Readonly<Record<string, string>>;
  readonly connect: ConnectOptions;
}

/**
 * Finds the cluster as kubectl does: `--kubeconfig`, the list in `KUBECONFIG`, `~/.kube/config`, or the ServiceAccount of the pod.
 * The library that reads these files takes half a second to load: only what speaks to a cluster imports it.
 * @throws ClusterConfigError that says what is missing or wrong, and where
 */
export async function findCluster(options: ClusterOptions = {}): Promise<ClusterAccess> {
  let { config, context } = await prepare(options);
  const cluster = config.getCurrentCluster() as Cluster;
  return {
    server: withoutSlashes(cluster.server),
    namespace: config.getContextObject(context)?.namespace || 'default',
    context,
    ...(cluster.proxyUrl && { proxyUrl: cluster.proxyUrl }),
    credentials: async (fresh = false) => {
      if (fresh) ({ config, context } = await prepare(options));
      return readCredentials(config, context);
    },
  };
}

async function prepare(options: ClusterOptions): Promise<LoadedKubeConfig> {
  const loaded = await loadKubeConfig(options);
  const cluster = loaded.config.getCurrentCluster();
  const user = loaded.config.getCurrentUser();
  if (!cluster) {
    throw new ClusterConfigError(
      `The context "${loaded.context}" names a cluster that the kubeconfig does not have`,
    );
  }
  if (options.as !== undefined && user) Object.assign(user, { impersonateUser: options.as });
  // The library refuses plain HTTP unless it is told not to mind; kubectl takes it (kubectl proxy, a tunnel).
  if (cluster.server.startsWith('http:')) Object.assign(cluster, { skipTLSVerify: true });
  // Plugins are told of the request in a variable, which the library leaves out; GKE's plugin refuses to run without it.
  if (user?.exec) tellPlugin(user, cluster);
  return loaded;
}

async function readCredentials(config: KubeConfig, context: string): Promise<Credentials> {
  const found: {
    headers?: Record<string, string>;
    auth?: string;
    ca?: Buffer;
    cert?: string;
    key?: string;
    servername?: string;
    rejectUnauthorized?: boolean;
  } = {};
  try {
    await config.applyToHTTPSOptions(found as never);
  } catch (error) {
    const reason = error instanceof Error ? error.message.trim() : String(error);
    throw new ClusterConfigError(`Logging in with the context "${context}" failed: ${reason}`, {
      cause: error,
    });
  }
  const { headers, auth, ca, cert, key, servername, rejectUnauthorized } = found;
  // A token that was read from a file ends with a line break.
  const trimmed = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value.trim()]);
  const basic = auth === undefined ? {} : { authorization: `Basic ${Buffer.from(auth).toString('base64')}` };
  const defined = Object.entries({ ca, cert, key, servername, rejectUnauthorized }).filter(
    ([, value]) => value,
  );
  const insecure = rejectUnauthorized === false ? { rejectUnauthorized } : {};
  return {
    headers: { ...basic, ...Object.fromEntries(trimmed) },
    connect: { ...Object.fromEntries(defined), ...insecure },
  };
}

function tellPlugin(user: User, cluster: Cluster): void {
  const { exec } = user;
  const info = {
    apiVersion: exec.apiVersion ?? 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    spec: {
      interactive: false,
      ...(exec.provideClusterInfo && {
        cluster: {
          server: cluster.server,
          'certificate-authority-data': cluster.caData,
          'tls-server-name': cluster.tlsServerName,
        },
      }),
    },
  };
  exec.env = [...(exec.env ?? []), { name: 'KUBERNETES_EXEC_INFO', value: JSON.stringify(info) }];
}

function withoutSlashes(url: string): string {
  let end = url.length;
  while (url[end - 1] === '/') end -= 1;
  return url.slice(0, end);
}
