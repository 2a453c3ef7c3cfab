import { issueLine } from '@grayscale/manifest-files';
import type { Plan, Target, TargetView } from '@grayscale/release';
import { otherWay } from './other-ways.js';
import type { ReleaseFiles } from './release-files.js';
import { ruleViews } from './rule-views.js';

/** A target as it is written in files. */
export function targetView(files: ReleaseFiles, target: Target, plan: Plan): TargetView {
  const virtualService = files.virtualService(target);
  if (virtualService === undefined) return { kind: 'unread', reason: whyUnread(files, target) };
  const way = otherWay(files, target, plan);
  const view = { kind: 'read', rules: ruleViews(virtualService), stable: {}, canary: {} } as const;
  return way === undefined ? view : { ...view, otherWay: way };
}

function whyUnread(files: ReleaseFiles, { virtualService: { namespace, name } }: Target): string {
  const [error] = files.errors;
  const missing = `VirtualService ${namespace}/${name} is in none of the files`;
  return error === undefined ? missing : `${missing}; ${issueLine(error)}`;
}
