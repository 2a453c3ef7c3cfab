import { type Command, Option } from 'commander';
import { UsageError } from './exit-codes.js';
import { durationOrZero } from './option-values.js';

/** Whether a command works on a cluster, and on which: kubectl's options of the same names. */
export interface ClusterOptions {
  cluster?: boolean;
  kubeconfig?: string;
  context?: string;
  as?: string;
  /** How long one answer of the API server may take, in milliseconds; 0 as long as it likes. */
  requestTimeout: number;
  /** The other source of rules, where a command has one. */
  filename?: readonly string[];
}

const requestTimeoutMs = 30_000;

/**
 * Adds `--cluster`, `--kubeconfig`, `--context`, `--as` and `--request-timeout`. Before the command begins, `--cluster` together with `-f`,
 * and the others without `--cluster`, are refused.
 */
export function addClusterOptions(
  command: Command,
  description = 'read the rules from a cluster instead of files',
): Command {
  return command
    .option('--cluster', description)
    .option('--kubeconfig <path>', "kubeconfig to use, instead of KUBECONFIG's and ~/.kube/config")
    .option('--context <name>', 'context of the kubeconfig, instead of the current one')
    .option('--as <user>', 'user to act as')
    .addOption(
      new Option('--request-timeout <duration>', 'how long the API server may take to answer; 0: no limit')
        .argParser(durationOrZero)
        .default(requestTimeoutMs, '30s'),
    )
    .hook('preAction', (_, acting) => {
      refuseContradictions(acting);
    });
}

/** @throws UsageError when a command that needs rules was told neither of files nor of a cluster */
export function requireSource({ cluster, filename }: Pick<ClusterOptions, 'cluster' | 'filename'>): void {
  if (cluster || filename !== undefined) return;
  throw new UsageError('say where the rules are: -f PATH for files, or --cluster for a cluster.');
}

function refuseContradictions(command: Command): void {
  const { cluster, filename } = command.opts<ClusterOptions>();
  if (cluster && filename !== undefined) {
    throw new UsageError('-f and --cluster exclude each other: rules are read from files or from a cluster.');
  }
  if (cluster) return;
  const alone = ['kubeconfig', 'context', 'as', 'requestTimeout'].filter(
    (name) => command.getOptionValueSource(name) === 'cli',
  );
  const [first] = alone.map(
    (name) => command.options.find((option) => option.attributeName() === name)?.long,
  );
  if (first !== undefined) throw new UsageError(`${first} says which cluster is meant; add --cluster.`);
}
