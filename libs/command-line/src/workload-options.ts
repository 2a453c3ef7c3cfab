import type { Client, Workload } from '@grayscale/traffic-rules';
import { type Command, Option } from 'commander';
import { labels, namespace } from './option-values.js';

/** The workload whose sidecar decides; what is left out depends on where the rules are. */
export interface WorkloadOptions {
  namespace?: string;
  labels?: Record<string, string>;
  outboundTrafficPolicy?: NonNullable<Workload['outboundTrafficPolicy']>;
  meshConfig?: string;
  /** Of Istio's control plane, or a tag of one. */
  revision?: string;
  /** A gateway instead of a workload. */
  gateway?: string;
}

/** Who calls, over rules in files: the demo's page. */
const demo = { namespace: 'hello-page', labels: { app: 'hello-page' } };

/** Adds `--namespace`, `--labels`, `--outbound-traffic-policy`, `--mesh-config`, `--revision` and `--gateway`. */
export function addWorkloadOptions(command: Command): Command {
  return command
    .option(
      '-n, --namespace <name>',
      "namespace of the calling workload (default: hello-page; in a cluster the context's)",
      namespace,
    )
    .option(
      '--labels <k=v,...>',
      'labels of the calling workload (default: app=hello-page; in a cluster none)',
      labels,
    )
    .addOption(
      new Option(
        '--outbound-traffic-policy <policy>',
        'what happens to hosts that no rule and no service knows, regardless of any Sidecar or MeshConfig (default: what they say, else ALLOW_ANY)',
      ).choices(['ALLOW_ANY', 'REGISTRY_ONLY']),
    )
    .option(
      '--mesh-config <file>',
      'MeshConfig, as YAML of its own or as the ConfigMap istio; the ConfigMap is read among the rules as well',
    )
    .option(
      '--revision <name>',
      "with --cluster: the revision whose MeshConfig is read, as in istioctl (default: what istio.io/rev of the workload's namespace says)",
    )
    .addOption(
      new Option(
        '--gateway <[namespace/]name>',
        'ask what clients of this Gateway meet, instead of what a workload does',
      ).conflicts(['namespace', 'labels']),
    );
}

/**
 * The gateway that is named, or the workload.
 * @param clusterNamespace where the rules are those of a cluster: the namespace of its context
 */
export function clientOf(options: WorkloadOptions, clusterNamespace?: string): Client {
  return options.gateway === undefined ? workloadOf(options, clusterNamespace) : { gateway: options.gateway };
}

/** @param clusterNamespace where the rules are those of a cluster: the namespace of its context */
export function workloadOf(options: WorkloadOptions, clusterNamespace?: string): Workload {
  const usual = clusterNamespace === undefined ? demo : { namespace: clusterNamespace, labels: {} };
  const { namespace = usual.namespace, labels = usual.labels, outboundTrafficPolicy } = options;
  return { namespace, labels, ...(outboundTrafficPolicy !== undefined && { outboundTrafficPolicy }) };
}

/**
 * Whose MeshConfig applies in a cluster: that of the revision, else of the workload's namespace. Where a gateway's pods run is not known.
 * @param clusterNamespace the namespace of the cluster's context
 */
export function revisionOf(
  { revision, gateway, namespace }: WorkloadOptions,
  clusterNamespace: string,
): { revision?: string; namespace?: string } {
  if (revision !== undefined) return { revision };
  return gateway === undefined ? { namespace: namespace ?? clusterNamespace } : {};
}
