import { checkManifests, issueLines, type ManifestSet, readManifests } from '@grayscale/manifest-files';
import type { RouteTable, Workload } from '@grayscale/traffic-rules';
import { type Command, InvalidArgumentError, Option } from 'commander';

/** The options that every command has: which rules, seen by which workload. */
export interface ManifestOptions {
  filename: string[];
  namespace: string;
  labels: Record<string, string>;
  outboundTrafficPolicy: Workload['outboundTrafficPolicy'];
}

export function addManifestOptions(command: Command): Command {
  return command
    .requiredOption(
      '-f, --filename <path>',
      'file, folder, kustomization or - (standard input) with rules; repeatable',
      gather,
    )
    .option('-n, --namespace <name>', 'namespace of the calling workload', 'hello-page')
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

export function workloadOf({ namespace, labels, outboundTrafficPolicy }: ManifestOptions): Workload {
  return { namespace, labels, outboundTrafficPolicy };
}

/** The manifests and their check; undefined, with the errors on standard error, when they cannot be put in force. */
export async function soundManifests(
  options: ManifestOptions,
): Promise<{ files: ManifestSet['files']; table: RouteTable } | undefined> {
  const set = await readManifests(options.filename);
  const checked = checkManifests(set, workloadOf(options));
  if (checked.table !== undefined) return { files: set.files, table: checked.table };
  process.stderr.write(
    issueLines(checked.issues.filter(({ severity }) => severity === 'error'))
      .map((line) => `${line}\n`)
      .join(''),
  );
  return undefined;
}

/** Gathers the values of an option that may be repeated. */
export function gather(text: string, earlier: string[] | undefined): string[] {
  return [...(earlier ?? []), text];
}

function labels(text: string): Record<string, string> {
  const pairs = text.split(',').filter((pair) => pair !== '');
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, key, value] = /^([^=]+)=([^=]*)$/.exec(pair) ?? [];
      if (key === undefined || value === undefined) {
        throw new InvalidArgumentError(`${pair} is not KEY=VALUE, for instance app=hello-page.`);
      }
      return [key, value];
    }),
  );
}
