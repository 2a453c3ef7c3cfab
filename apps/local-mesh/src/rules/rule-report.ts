import { issueLines, type ManifestIssue } from '@grayscale/manifest-files';
import { clusterAddresses } from './cluster-addresses.js';
import type { RefusedSet, RuleSet } from './rule-set.js';
import type { RuleSource } from './rule-source.js';
import { summarize } from './rule-summary.js';

/** More lines than this nobody reads in a terminal; the admin side has them all. */
const maxIssueLines = 100;

/** What is said about the rules: all of it when a file is saved, and only what is new where others change a cluster. */
export class RuleReport {
  /** The lines of the last time: what is mended and breaks again is news. */
  private readonly told = { set: new Set<string>(), analysis: new Set<string>() };
  private rules = '';

  constructor(private readonly source: Pick<RuleSource, 'isShared' | 'named'>) {}

  inForce(set: RuleSet): string[] {
    const { isShared, named } = this.source;
    const [heading = '', ...rules] = summarize(set, named(set.files.length));
    const isNews = !isShared || rules.join('\n') !== this.rules;
    this.rules = rules.join('\n');
    const remarks = isShared
      ? [...set.leftOut.map(leftOutLine), ...clusterAddresses(set).map(addressLine)]
      : [];
    return [
      ...shortened(this.news('set', [...issueLines(set.issues), ...remarks])),
      ...(isNews ? [heading, ...rules] : []),
    ];
  }

  refused({ issues }: RefusedSet, inForce: RuleSet): string[] {
    return [
      ...shortened(issueLines(issues)),
      `refused the changed rules; ${inForce.hash} stay in force until the errors above are corrected`,
    ];
  }

  /** Of a set that is not in force, or that were found about the one that is. */
  issues(issues: readonly ManifestIssue[]): string[] {
    return shortened(this.news('analysis', issueLines(issues)));
  }

  private news(about: 'set' | 'analysis', lines: readonly string[]): string[] {
    const known = this.told[about];
    this.told[about] = new Set(lines);
    return this.source.isShared ? lines.filter((line) => !known.has(line)) : [...lines];
  }
}

function leftOutLine(name: string): string {
  return `warning: ${name} cannot be put in force: its last good state stays, and without one it is left out`;
}

function addressLine({ host, address }: { host: string; address: string }): string {
  return `warning: ${host} has addresses of the cluster's network (${address}), which this machine may not reach; write an EndpointSlice of what listens here, and name it with --endpoints FILE`;
}

function shortened(lines: readonly string[]): string[] {
  const more = lines.length - maxIssueLines;
  return more > 0 ? [...lines.slice(0, maxIssueLines), `... and ${more} more`] : [...lines];
}
