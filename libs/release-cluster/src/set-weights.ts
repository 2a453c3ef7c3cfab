import { isDeepStrictEqual } from 'node:util';
import type { ApiClient } from '@grayscale/cluster-client';
import type { JsonObject, RuleEdit } from '@grayscale/manifest-files';
import { isConflict } from './errors.js';
import { removeManager } from './metadata-patch.js';
import { ownerIn } from './owner.js';
import { type RuleObjectName, RuleObjects, writtenRules } from './rule-objects.js';
import { rulePatch } from './rule-patch.js';
import { runningRelease } from './running-release.js';

/** A change of one rule's weights by hand. */
export interface WeightsOfRule {
  object: RuleObjectName;
  /** Index of the rule. */
  rule: number;
  /** The rule as it was when the weights were chosen. */
  seen: JsonObject;
  /** In the order of its destinations. */
  weights: readonly number[];
}

/** What came of setting weights; all but `written` changed nothing. */
export type SetWeights =
  /** `object`: as it is now, or as it would be. */
  | { kind: 'written' }
  /** The rule is not what was seen; nothing was written. */
  | { kind: 'changed' }
  /** A release has it. */
  | { kind: 'held'; by: string };

/**
 * Sets weights of one rule in a cluster, in one patch that hits what was seen or nothing, and leaves no trace in `managedFields`: whoever applies the
 * object is not kept from it.
 * @param dryRun asks the API server whether it would take them, and writes nothing
 * @throws ApiError, ApiUnreachableError
 */
export async function setWeights(
  client: ApiClient,
  { object: named, rule, seen, weights }: WeightsOfRule,
  { dryRun }: { dryRun: boolean },
): Promise<SetWeights> {
  const { kind, namespace, name } = named;
  const resources = new RuleObjects(client).resources(kind);
  const object = await resources.get(namespace, name);
  const owner = ownerIn(object.metadata.annotations);
  const by = owner && (await runningRelease(client, owner));
  if (by !== undefined) return { kind: 'held', by };
  if (!isDeepStrictEqual(writtenRules(object)[rule], seen)) return { kind: 'changed' };
  const edit: RuleEdit = { kind: 'set-weights', rule, weights };
  try {
    const written = await resources.patchAsRead(object, rulePatch(object, [edit]), { dryRun });
    if (!dryRun) await resources.patchAsRead(written, removeManager(written)).catch(() => undefined);
    return { kind: 'written' };
  } catch (error) {
    if (isConflict(error)) return { kind: 'changed' };
    throw error;
  }
}
