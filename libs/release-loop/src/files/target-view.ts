import { issueLine } from '@grayscale/manifest-files';
import type { Plan, Target, TargetView } from '@grayscale/release';
import { otherWay } from '../rules/other-ways.js';
import { ruleViews } from '../rules/rule-views.js';
import type { ReleaseFiles } from './release-files.js';

/** A target as it is written in files. */
export function targetView(files: ReleaseFiles, target: Target, plan: Plan): TargetView {
  const virtualService = files.virtualService(target);
  if (virtualService === undefined) return { kind: 'unread', reason: whyUnread(files, target) };
  const way = otherWay(files.resources, target, plan);
  const view = { kind: 'read', rules: ruleViews(virtualService), stable: {}, canary: {} } as const;
  return way === undefined ? view : { ...view, otherWay: way };
}

function whyUnread(files: ReleaseFiles, { virtualService: { namespace, name } }: Target): string {
  const [error] = files.errors;
  const missing = `VirtualService ${namespace}/${name} is in none of the files`;
  return error === undefined ? missing : `${missing}; ${issueLine(error)}`;
}
