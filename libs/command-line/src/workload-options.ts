import type { Workload } from '@grayscale/traffic-rules';
import { type Command, Option } from 'commander';
import { labels, namespace } from './option-values.js';

/** The workload whose sidecar decides. */
export interface WorkloadOptions {
  namespace: string;
  labels: Record<string, string>;
  outboundTrafficPolicy: Workload['outboundTrafficPolicy'];
}

/** Adds `--namespace`, `--labels` and `--outbound-traffic-policy`; without them it is the demo's page. */
export function addWorkloadOptions(command: Command): Command {
  return command
    .option('-n, --namespace <name>', 'namespace of the calling workload', namespace, 'hello-page')
    .option('--labels <k=v,...>', 'labels of the calling workload', labels, { app: 'hello-page' })
    .addOption(
      new Option(
        '--outbound-traffic-policy <policy>',
        'what happens to hosts that no rule and no service knows',
      )
        .choices(['ALLOW_ANY', 'REGISTRY_ONLY'])
        .default('ALLOW_ANY'),
    );
}

export function workloadOf({ namespace, labels, outboundTrafficPolicy }: WorkloadOptions): Workload {
  return { namespace, labels, outboundTrafficPolicy };
}
