import { UsageError } from '@grayscale/command-line';
import { ManifestDocument, type ManifestSet } from '@grayscale/manifest-files';
import { destinationText, ruleText, type Split, splitsIn } from './split.js';

/** `[NAMESPACE/]NAME[:RULE-NAME|#INDEX]` */
interface RuleName {
  namespace?: string;
  name: string;
  ruleName?: string;
  index?: number;
}

/**
 * The splits that a RULE names; all of them without one.
 * @param namespace the only one to look in, where a RULE names none: that of a cluster's context
 * @throws UsageError where there is none
 */
export function splitsNamed(set: ManifestSet, rule: string | undefined, namespace?: string): Split[] {
  const wanted: Partial<RuleName> = {
    ...(namespace && { namespace }),
    ...(rule !== undefined && parseRuleName(rule)),
  };
  const named = splitsIn(set, wanted.name).filter((split) => isNamed(split, wanted));
  if (named.length > 0 || (rule === undefined && namespace === undefined)) return named;
  const what = rule === undefined ? 'no rule has two or more destinations' : `no split is named ${rule}`;
  const where = namespace === wanted.namespace && namespace ? ` in the namespace ${namespace}` : '';
  throw new UsageError(
    `${what}${where}. ${ofConnections(set, wanted)}${alternatives('There is', splitsIn(set))}`,
  );
}

/** Whether it names a route of connections, whose counts tell nothing of a version's answers. */
function ofConnections({ files }: ManifestSet, { name, namespace }: Partial<RuleName>): string {
  if (name === undefined) return '';
  const found = ['TLSRoute', 'TCPRoute'].find((kind) =>
    files
      .filter(({ text }) => text.includes(kind))
      .some((file) =>
        ManifestDocument.find(file, { kind, name, ...(namespace !== undefined && { namespace }) }).some(
          ({ identity }) => identity.kind === kind,
        ),
      ),
  );
  return found === undefined
    ? ''
    : `${name} is a ${found}: weights are set only for splits of requests (VirtualServices' http rules, HTTPRoutes, GRPCRoutes); edit those of connections in the file. `;
}

/** The one split that a RULE names. @throws UsageError for a RULE that names none or several */
export function chooseSplit(set: ManifestSet, rule: string, namespace?: string): Split {
  const named = splitsNamed(set, rule, namespace);
  const [only, second] = named;
  if (only !== undefined && second === undefined) return only;
  throw new UsageError(`${rule} names ${named.length} splits. ${alternatives('Write', named)}`);
}

function parseRuleName(text: string): RuleName {
  const [, namespace, name, ruleName, index] =
    /^(?:([^/:#]+)\/)?([^/:#]+)(?::(.+)|#(\d+))?$/s.exec(text) ?? [];
  if (name === undefined)
    throw new UsageError(
      `${text} is not a RULE; write [NAMESPACE/]NAME[:RULE-NAME|#INDEX], for instance hello-page/hello-ext-svc#0.`,
    );
  return {
    name,
    ...(namespace !== undefined && { namespace }),
    ...(ruleName !== undefined && { ruleName }),
    ...(index !== undefined && { index: Number(index) }),
  };
}

function isNamed({ document, rule, ruleName }: Split, wanted: Partial<RuleName>): boolean {
  const { namespace, name } = document.identity;
  return (
    name === (wanted.name ?? name) &&
    (wanted.namespace ?? namespace) === namespace &&
    (wanted.index ?? rule) === rule &&
    (wanted.ruleName ?? ruleName) === ruleName
  );
}

/** The index of the destination that a HOST names; it may be shortened to labels of the host that only one has. */
export function chooseDestination({ destinations }: Split, text: string): number {
  const ways = [isExactly, isHost, isPartOfHost].map((matches) =>
    destinations.flatMap((destination, index) => (matches(destination, text) ? [index] : [])),
  );
  const found = ways.find((indexes) => indexes.length > 0) ?? [];
  const [only, second] = found;
  if (only !== undefined && second === undefined) return only;
  const names = (found.length > 0 ? found : [...destinations.keys()]).map((index) =>
    destinationText(destinations[index] as Split['destinations'][number]),
  );
  const problem =
    found.length > 0 ? `names ${found.length} destinations` : 'is not a destination of this rule';
  throw new UsageError(`${text} ${problem}; write one of ${names.join(', ')}.`);
}

type Destination = Split['destinations'][number];

function isExactly(destination: Destination, text: string): boolean {
  return destinationText(destination) === text;
}

/** Its host, or its subset alone. */
function isHost({ host, port, subset }: Destination, text: string): boolean {
  return [host, `${host}:${port}`, `${host}/${subset}`, subset].includes(text);
}

/** Whole labels of its host, as `hello-1` of `hello.hello-1.svc.cluster.local`; port and subset count where they are written. */
function isPartOfHost({ host, port, subset }: Destination, text: string): boolean {
  const [, part = '', wantedPort, wantedSubset] = /^([^:/]+)(?::(\d+))?(?:\/(.+))?$/.exec(text) ?? [];
  return (
    part !== '' &&
    `.${host}.`.includes(`.${part}.`) &&
    (wantedPort === undefined || Number(wantedPort) === port) &&
    (wantedSubset === undefined || wantedSubset === subset)
  );
}

function alternatives(words: string, splits: readonly Split[]): string {
  if (splits.length === 0) return 'These rules have no rule with two or more destinations.';
  const names = splits.slice(0, 10).map(ruleText);
  const more = splits.length > names.length ? ` and ${splits.length - names.length} more` : '';
  return `${words} ${names.join(', ')}${more}.`;
}
