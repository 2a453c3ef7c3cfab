import { setTimeout as delay } from 'node:timers/promises';
import { ApiError, type PatchOperation, type WriteOptions } from '@grayscale/cluster-client';
import { editedRules, type RuleEdit } from '@grayscale/manifest-files';
import { type Plan, type Target, targetObject, type Write, type WriteOutcome } from '@grayscale/release';
import { type TargetEdits, targetEdits } from '@grayscale/release-loop';
import { validate } from '@grayscale/traffic-rules';
import { isConflict, mayPass } from './errors.js';
import { removeAnnotation, removeManager, setAnnotation } from './metadata-patch.js';
import { isSameOwner, type Owner, ownerAnnotation, ownerIn, ownerText } from './owner.js';
import {
  layoutOf,
  nameOf,
  type RuleObject,
  type RuleObjectName,
  type RuleObjects,
  writtenRules,
} from './rule-objects.js';
import { rulePatch } from './rule-patch.js';
import { ownerOf, parsedObject } from './target-views.js';

/** How often the same patch is tried again when others write to the object, or answers are lost. */
const mostTries = 6;

/** Who writes, and whether another release's writes are still its own. */
export interface WriterOptions {
  plan: Plan;
  ruleObjects: RuleObjects;
  /** Why an object with another owner's annotation must be left alone; undefined when that release has ended. */
  heldBy(owner: Owner): Promise<string | undefined>;
  /** Is told what the API server does not allow. */
  forbidden?: (error: ApiError) => void;
}

/** What a write makes of an object. */
export interface Edited {
  object: RuleObject;
  edited: RuleObject;
  operations: PatchOperation[];
}

type Attempt = { kind: 'edit'; edit: Edited } | Exclude<TargetEdits, { kind: 'edits' }>;

/** Writes weights into objects of a cluster, each write in one patch with the annotation that says which one it was. */
export class TargetWriter {
  /** Whose writes are carried out. */
  plan: Plan;

  constructor(private readonly options: WriterOptions) {
    this.plan = options.plan;
  }

  /** Carries a write out once, however often it is asked for. */
  async write(write: Write, owner: Owner): Promise<WriteOutcome> {
    const target = this.target(write);
    let message = '';
    let read = this.options.ruleObjects.get(target);
    for (let tries = 0; tries < mostTries; tries += 1) {
      try {
        const object = await read;
        const outcome = object === undefined ? 'changed' : await this.attempt(object, write, owner);
        if (outcome !== 'again') return typeof outcome === 'string' ? { kind: outcome } : outcome;
      } catch (error) {
        if (error instanceof ApiError && error.status === 403) this.options.forbidden?.(error);
        if (error instanceof ApiError && !mayPass(error)) return { kind: 'refused', message: error.message };
        if (!mayPass(error)) throw error;
        message = (error as Error).message;
        await delay(50 * 2 ** tries * (0.5 + Math.random()));
      }
      // The patch may be in, or somebody was faster: what stands there decides.
      read = this.options.ruleObjects.read(target);
    }
    return { kind: 'unknown', message: message || 'others write to the rule all the time' };
  }

  /** Asks the API server whether it would take a write. @throws ApiUnreachableError */
  async dryRun(
    write: Write,
    owner: Owner,
  ): Promise<{ kind: 'edit'; edit: Edited } | { kind: 'refused'; message: string; isForbidden?: boolean }> {
    const object = await this.options.ruleObjects.get(this.target(write));
    const attempt = object === undefined ? ({ kind: 'changed' } as const) : this.editOf(object, write, owner);
    if (attempt.kind === 'changed')
      return { kind: 'refused', message: 'the rule is not what it was a moment ago' };
    if (attempt.kind === 'refused') return attempt;
    try {
      await this.patch(attempt.edit, { dryRun: true });
      return attempt;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return { kind: 'refused', message: error.message, isForbidden: error.status === 403 };
    }
  }

  /** Removes what the release has left in an object: the annotation, and grayscale's name among the owners of its fields. */
  async clean(target: RuleObjectName, owner: Owner): Promise<void> {
    for (let tries = 0; ; tries += 1) {
      try {
        const object = await this.options.ruleObjects.read(target);
        const operations = object === undefined ? [] : cleaning(object, owner);
        if (object === undefined || operations.length === 0) return;
        this.options.ruleObjects.put(await this.patch({ object, operations }));
      } catch (error) {
        if (tries >= mostTries || !(isConflict(error) || mayPass(error))) throw error;
        await delay(50 * 2 ** tries);
      }
    }
  }

  private async attempt(
    object: RuleObject,
    write: Write,
    owner: Owner,
  ): Promise<WriteOutcome | 'done' | 'changed' | 'again'> {
    const other = ownerIn(object.metadata.annotations);
    const isOurs = other !== undefined && isSameOwner(other, owner);
    if (isOurs && other.seq >= write.seq)
      return other.seq === write.seq && this.isAfter(object, write) ? 'done' : 'changed';
    const holder = other === undefined || isOurs ? undefined : await this.options.heldBy(other);
    if (holder !== undefined) return { kind: 'refused', message: `the rule is held by ${holder}` };
    const attempt = this.editOf(object, write, owner);
    if (attempt.kind !== 'edit') return attempt.kind === 'changed' ? 'changed' : attempt;
    try {
      this.options.ruleObjects.put(await this.patch(attempt.edit));
      return 'done';
    } catch (error) {
      if (isConflict(error)) return 'again';
      throw error;
    }
  }

  private editOf(object: RuleObject, write: Write, owner: Owner): Attempt {
    const rules = ownerOf(object);
    if (rules === undefined) return { kind: 'changed' };
    const wanted = targetEdits(rules, writtenRules(object), this.plan, write);
    if (wanted.kind !== 'edits') return wanted;
    const edit = editOf(object, wanted.edits, ownerText(owner, write.seq));
    const [error] = newErrors(object, edit.edited);
    return error === undefined ? { kind: 'edit', edit } : { kind: 'refused', message: error };
  }

  /** Whether what the write wanted is what stands there: writing it the other way round would start from it. */
  private isAfter(object: RuleObject, write: Write): boolean {
    const back = { ...write, before: write.after, after: write.after };
    const owner = ownerOf(object);
    return owner !== undefined && targetEdits(owner, writtenRules(object), this.plan, back).kind === 'edits';
  }

  private async patch(
    { object, operations }: Pick<Edited, 'object' | 'operations'>,
    options: WriteOptions = {},
  ): Promise<RuleObject> {
    const resources = this.options.ruleObjects.resources(nameOf(object).kind);
    return await resources.patchAsRead(object, operations, options);
  }

  private target({ target }: Write): RuleObjectName {
    return targetObject(this.plan.targets[target] as Target);
  }
}

/** Edits of an object, with the annotation beside them in the same patch. @param annotation undefined writes none */
export function editOf(
  object: RuleObject,
  edits: readonly RuleEdit[],
  annotation: string | undefined,
): Edited {
  const annotating = annotation === undefined ? [] : setAnnotation(object, ownerAnnotation, annotation);
  const layout = layoutOf(object);
  const field = String(layout.rules.at(-1));
  const rules = editedRules(writtenRules(object), edits, layout);
  return {
    object,
    edited: { ...object, spec: { ...object.spec, [field]: rules } },
    operations: [...rulePatch(object, edits), ...annotating],
  };
}

/** What the engine finds wrong with an object that it did not before. */
export function newErrors(before: RuleObject, after: RuleObject): string[] {
  const known = new Set(errorsOf(before));
  return errorsOf(after).filter((message) => !known.has(message));
}

function errorsOf(object: RuleObject): string[] {
  const { resources, errors } = parsedObject(object);
  const found = validate(resources).filter(({ severity }) => severity === 'error');
  return [...errors, ...found.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))];
}

function cleaning(object: RuleObject, owner: Owner): PatchOperation[] {
  const written = ownerIn(object.metadata.annotations);
  if (written === undefined || !isSameOwner(written, owner)) return [];
  return [...removeAnnotation(object, ownerAnnotation), ...removeManager(object)];
}
