import { issueLines, type ManifestIssue } from '@grayscale/manifest-files';
import { clusterAddresses } from './cluster-addresses.js';
import { namespacesConcerned } from './destinations.js';
import type { RefusedSet, RuleSet } from './rule-set.js';
import type { RuleSource } from './rule-source.js';
import { summarize } from './rule-summary.js';

/** More lines than this nobody reads in a terminal; the admin side has them all. */
const maxIssueLines = 100;

/** What is said about the rules to a person. */
export interface RuleReport {
  /** That a set is in force, and what is to be known of it. */
  inForce(set: RuleSet): string[];
  /** @param inForce what stays in force; undefined at the start */
  refused(set: RefusedSet, inForce?: RuleSet): string[];
  /** What was found later about the set in force. */
  issues(issues: readonly ManifestIssue[]): string[];
}

export function reportOn(source: RuleSource): RuleReport {
  return source.isShared ? new SharedReport(source) : new OwnReport(source);
}

/** All of it, whenever a file is saved. */
class OwnReport implements RuleReport {
  constructor(protected readonly source: RuleSource) {}

  inForce(set: RuleSet): string[] {
    return [...this.issues(set.issues), ...summarize(set, this.source.named(set.files.length))];
  }

  refused({ issues }: RefusedSet, inForce?: RuleSet): string[] {
    const lines = shortened(issueLines(issues));
    if (inForce === undefined) return lines;
    const stay = `refused the changed rules; ${inForce.hash} stay in force until the errors above are corrected`;
    return [...lines, stay];
  }

  issues(issues: readonly ManifestIssue[]): string[] {
    return shortened(issueLines(issues));
  }
}

/** What is new, and about namespaces that the rules concern: a cluster belongs to many, who change it at any time. */
class SharedReport extends OwnReport {
  /** The lines of the last time: what is mended and breaks again is news. */
  private readonly told = { set: new Set<string>(), analysis: new Set<string>() };
  private leftOut: readonly string[] = [];
  private rules = '';
  private concerned: ReadonlySet<string> = new Set();

  override inForce(set: RuleSet): string[] {
    this.concerned = namespacesConcerned(set, set.workload.namespace);
    const [heading = '', ...rules] = summarize(set, this.source.named(set.files.length));
    const isNews = rules.join('\n') !== this.rules;
    this.rules = rules.join('\n');
    const leftOut = set.leftOut.filter((name) => this.concerns(name));
    const mended = this.mended(leftOut, set);
    this.leftOut = leftOut;
    return [
      ...this.news('set', [...this.own(set.issues), ...leftOut.map(leftOutLine), ...addressLines(set)]),
      ...mended,
      ...(isNews ? [heading, ...rules] : []),
    ];
  }

  override issues(issues: readonly ManifestIssue[]): string[] {
    return this.news('analysis', this.own(issues));
  }

  private own(issues: readonly ManifestIssue[]): string[] {
    return shortened(issueLines(issues.filter(({ resource }) => this.concerns(resource))));
  }

  /** @param resource as `VirtualService shop/front`; what is of none concerns everybody */
  private concerns(resource: string): boolean {
    const [, identity = ''] = resource.split(' ');
    const [namespace, name] = identity.split('/');
    return namespace === undefined || name === undefined || this.concerned.has(namespace);
  }

  private news(about: 'set' | 'analysis', lines: readonly string[]): string[] {
    const known = this.told[about];
    this.told[about] = new Set(lines);
    return lines.filter((line) => !known.has(line));
  }

  private mended(leftOut: readonly string[], { resources }: RuleSet): string[] {
    const there = new Set(
      resources.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`),
    );
    const names = this.leftOut.filter((name) => !leftOut.includes(name) && there.has(name));
    return names.map((name) => `${name} is in force as it is in the cluster again`);
  }
}

function leftOutLine(name: string): string {
  return `warning: ${name} cannot be put in force: its last good state stays, and without one it is left out`;
}

function addressLines(set: RuleSet): string[] {
  return clusterAddresses(set).map(
    ({ host, address }) =>
      `warning: ${host} has addresses of the cluster's network (${address}), which this machine may not reach; write an EndpointSlice of what listens here, and name it with --endpoints FILE`,
  );
}

function shortened(lines: readonly string[]): string[] {
  const more = lines.length - maxIssueLines;
  return more > 0 ? [...lines.slice(0, maxIssueLines), `... and ${more} more`] : [...lines];
}
