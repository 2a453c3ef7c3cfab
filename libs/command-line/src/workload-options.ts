import type { Workload } from '@grayscale/traffic-rules';
import { type Command, Option } from 'commander';
import { labels, namespace } from './option-values.js';

/** The workload whose sidecar decides; what is left out depends on where the rules are. */
export interface WorkloadOptions {
  namespace?: string;
  labels?: Record<string, string>;
  outboundTrafficPolicy: Workload['outboundTrafficPolicy'];
}

/** Who calls, over rules in files: the demo's page. */
const demo = { namespace: 'hello-page', labels: { app: 'hello-page' } };

/** Adds `--namespace`, `--labels` and `--outbound-traffic-policy`. */
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
        'what happens to hosts that no rule and no service knows',
      )
        .choices(['ALLOW_ANY', 'REGISTRY_ONLY'])
        .default('ALLOW_ANY'),
    );
}

/** @param clusterNamespace where the rules are those of a cluster: the namespace of its context */
export function workloadOf(options: WorkloadOptions, clusterNamespace?: string): Workload {
  const usual = clusterNamespace === undefined ? demo : { namespace: clusterNamespace, labels: {} };
  const { namespace = usual.namespace, labels = usual.labels, outboundTrafficPolicy } = options;
  return { namespace, labels, outboundTrafficPolicy };
}
