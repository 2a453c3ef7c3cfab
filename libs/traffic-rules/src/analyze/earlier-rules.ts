import { implies, isMetByAll, isOfClient } from '../match/algebra.js';
import { literalStartOf, openEndOf } from '../match/regex-text.js';
import { subjectKey } from '../match/subject.js';
import type { Requirement, Test } from '../model/requirement.js';
import type { Rule } from '../model/rule.js';

/** What is compared: all that meets the requirements is taken. */
interface Compared {
  requirements: readonly Requirement[];
}

/** A rule by what tells its requests from others that its workload sends: requirements that all of them meet are left out. */
export interface ComparedRule extends Compared {
  rule: Rule;
}

/** Where the client is met already, a requirement on it tells nothing apart. */
export function comparedRule(rule: Rule): ComparedRule {
  return { rule, requirements: rule.requirements.filter((requirement) => !isOfClient(requirement)) };
}

/**
 * Finds the rule before another that takes all of its requests, without comparing each with each. A rule stands under
 * one of its requirements, in the shortest list that there is for it; whatever implies the rule implies that
 * requirement, and so looks into the list.
 */
export class EarlierRules<One extends Compared> {
  readonly #bySubject = new Map<string, SubjectLists<One>>();
  #everything: One | undefined;
  #effort = 0;

  /** Comparisons so far, in units of a plain one (about a microsecond). */
  get effort(): number {
    return this.#effort;
  }

  add(compared: One): void {
    const needed = compared.requirements.filter((requirement) => !isMetByAll(requirement));
    if (needed.length === 0) this.#everything ??= compared;
    let shortest: One[] | undefined;
    for (const requirement of needed) {
      const list = this.#listsOf(requirement).listFor(requirement.test);
      if (shortest === undefined || list.length < shortest.length) shortest = list;
    }
    shortest?.push(compared);
  }

  /** @param limit of {@link effort}, at which it gives up */
  covering({ requirements }: Compared, limit: number): One | undefined {
    if (this.#everything !== undefined) return this.#everything;
    for (const requirement of requirements) {
      const lists = this.#bySubject.get(keyOf(requirement))?.listsImpliedBy(requirement) ?? [];
      for (const { list, effort } of lists)
        for (const earlier of list) {
          if (this.#effort >= limit) return undefined;
          this.#effort += effort;
          if (implies(requirements, earlier.requirements)) return earlier;
        }
    }
    return undefined;
  }

  #listsOf(requirement: Requirement): SubjectLists<One> {
    const key = keyOf(requirement);
    let lists = this.#bySubject.get(key);
    if (lists === undefined) {
      lists = new SubjectLists();
      this.#bySubject.set(key, lists);
    }
    return lists;
  }
}

function keyOf({ subject, absent }: Requirement): string {
  return `${absent ? '!' : ''}${subjectKey(subject)}`;
}

/** A value that is tried on a regular expression, beside two texts that are compared. */
const regexEffort = 10;

interface Candidates<One> {
  list: readonly One[];
  /** Of comparing each. */
  effort: number;
}

/** Rules under a requirement on one subject. */
class SubjectLists<One> {
  /** By the text of the test, in lower case: the letter case is for the comparison. */
  readonly #exact = new Map<string, One[]>();
  readonly #prefixes = new Map<string, One[]>();
  readonly #prefixLengths = new Set<number>();
  readonly #regexes = new Map<string, One[]>();
  readonly #others: One[] = [];

  listFor(test: Test): One[] {
    switch (test.kind) {
      case 'exact':
        return listAt(this.#exact, test.value.toLowerCase());
      case 'prefix':
      case 'segment-prefix':
        return this.#underPrefix(test.value);
      case 'regex': {
        const open = openEndOf(test.value);
        return open === undefined ? listAt(this.#regexes, test.value) : this.#underPrefix(open.prefix);
      }
      case 'present':
      case 'one-of':
        return this.#others;
    }
  }

  #underPrefix(value: string): One[] {
    const prefix = withoutSlash(value.toLowerCase());
    this.#prefixLengths.add(prefix.length);
    return listAt(this.#prefixes, prefix);
  }

  /** Lists in which a requirement may stand that follows from this one. Negated, it may be any. */
  *listsImpliedBy({ test, absent }: Requirement): Generator<Candidates<One>, void> {
    yield plain(this.#others);
    if (absent && test.kind === 'exact') yield plain(this.#exact.get(test.value.toLowerCase()));
    else if (absent || test.kind === 'one-of') yield* this.#all();
    else if (test.kind === 'regex') {
      yield plain(this.#regexes.get(test.value));
      yield* this.#ofText(literalStartOf(test.value).toLowerCase(), false);
    } else if (test.kind !== 'present') yield* this.#ofText(test.value.toLowerCase(), test.kind === 'exact');
  }

  *#ofText(text: string, isExact: boolean): Generator<Candidates<One>, void> {
    yield plain(this.#exact.get(text));
    for (const length of this.#prefixLengths)
      if (length <= text.length) yield plain(this.#prefixes.get(text.slice(0, length)));
    if (isExact) for (const list of this.#regexes.values()) yield { list, effort: regexEffort };
  }

  *#all(): Generator<Candidates<One>, void> {
    for (const lists of [this.#exact, this.#prefixes, this.#regexes])
      for (const list of lists.values()) yield { list, effort: lists === this.#regexes ? regexEffort : 1 };
  }
}

function plain<One>(list: readonly One[] = []): Candidates<One> {
  return { list, effort: 1 };
}

function listAt<One>(lists: Map<string, One[]>, key: string): One[] {
  let list = lists.get(key);
  if (list === undefined) {
    list = [];
    lists.set(key, list);
  }
  return list;
}

function withoutSlash(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path;
}
