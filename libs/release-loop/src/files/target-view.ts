import { issueLine } from '@grayscale/manifest-files';
import {
  findSplit,
  objectText,
  type Plan,
  type ReadTarget,
  type RuleView,
  type Target,
  type TargetView,
  targetObject,
} from '@grayscale/release';
import { otherWay } from '../rules/other-ways.js';
import { ruleViews } from '../rules/rule-views.js';
import { armView } from './arm-view.js';
import type { ReleaseFiles } from './release-files.js';

/** A target as it is written in files. */
export function targetView(files: ReleaseFiles, target: Target, plan: Plan): TargetView {
  const owner = files.owner(target);
  if (owner === undefined) return { kind: 'unread', reason: whyUnread(files, target) };
  const way = otherWay(files.resources, target, plan);
  const rules = ruleViews(owner);
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

function whyUnread(files: ReleaseFiles, target: Target): string {
  const [error] = files.errors;
  const missing = `${objectText(targetObject(target))} is in none of the files`;
  return error === undefined ? missing : `${missing}; ${issueLine(error)}`;
}
