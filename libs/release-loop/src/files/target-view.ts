import { issueLine } from '@grayscale/manifest-files';
import {
  findSplit,
  type Plan,
  type ReadTarget,
  type RuleView,
  type Target,
  type TargetView,
} from '@grayscale/release';
import { otherWay } from '../rules/other-ways.js';
import { ruleViews } from '../rules/rule-views.js';
import { armView } from './arm-view.js';
import type { ReleaseFiles } from './release-files.js';

/** A target as it is written in files. */
export function targetView(files: ReleaseFiles, target: Target, plan: Plan): TargetView {
  const virtualService = files.virtualService(target);
  if (virtualService === undefined) return { kind: 'unread', reason: whyUnread(files, target) };
  const way = otherWay(files.resources, target, plan);
  const rules = ruleViews(virtualService);
  const view = { kind: 'read', rules, ...armViews(files, rules, target, plan) } as const;
  return way === undefined ? view : { ...view, otherWay: way };
}

function armViews(
  { resources }: ReleaseFiles,
  rules: RuleView[],
  target: Target,
  plan: Plan,
): Pick<ReadTarget, 'stable' | 'canary'> {
  const split = findSplit(rules, target, plan);
  if (split.kind === 'missing') return { stable: {}, canary: {} };
  const behind = (index: number) => {
    const arm = split.rule.destinations[index];
    return arm === undefined ? {} : armView(resources, arm);
  };
  return { stable: behind(split.stable), canary: behind(split.canary) };
}

function whyUnread(files: ReleaseFiles, { virtualService: { namespace, name } }: Target): string {
  const [error] = files.errors;
  const missing = `VirtualService ${namespace}/${name} is in none of the files`;
  return error === undefined ? missing : `${missing}; ${issueLine(error)}`;
}
