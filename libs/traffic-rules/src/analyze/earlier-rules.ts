import { implies, isMetByAll } from '../match/algebra.js';
import { subjectKey } from '../match/subject.js';
import type { Requirement, Test } from '../model/requirement.js';
import type { Rule } from '../model/rule.js';

/** A rule by what tells its requests from others that its workload sends: requirements that all of them meet are left out. */
export interface ComparedRule {
  rule: Rule;
  requirements: readonly Requirement[];
}

/**
 * Finds the rule before another that takes all of its requests, without comparing each with each. A rule stands under
 * one of its requirements, in the shortest list that there is for it; whatever implies the rule implies that
 * requirement, and so looks into the list.
 */
export class EarlierRules {
  readonly #bySubject = new Map<string, SubjectLists>();
  #everything: ComparedRule | undefined;
  #comparisons = 0;

  /** Comparisons so far; each costs about a microsecond, more where a regular expression is tried. */
  get comparisons(): number {
    return this.#comparisons;
  }

  add(compared: ComparedRule): void {
    const needed = compared.requirements.filter((requirement) => !isMetByAll(requirement));
    if (needed.length === 0) this.#everything ??= compared;
    let shortest: ComparedRule[] | undefined;
    for (const requirement of needed) {
      const list = this.#listsOf(requirement).listFor(requirement.test);
      if (shortest === undefined || list.length < shortest.length) shortest = list;
    }
    shortest?.push(compared);
  }

  /** @param limit of {@link comparisons}, at which it gives up */
  covering({ requirements }: ComparedRule, limit: number): ComparedRule | undefined {
    if (this.#everything !== undefined) return this.#everything;
    for (const requirement of requirements) {
      const lists = this.#bySubject.get(keyOf(requirement))?.listsImpliedBy(requirement) ?? [];
      for (const list of lists)
        for (const earlier of list) {
          if (this.#comparisons >= limit) return undefined;
          this.#comparisons++;
          if (implies(requirements, earlier.requirements)) return earlier;
        }
    }
    return undefined;
  }

  #listsOf(requirement: Requirement): SubjectLists {
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

/** Rules under a requirement on one subject. */
class SubjectLists {
  /** By the text of the test, in lower case: the letter case is for the comparison. */
  readonly #exact = new Map<string, ComparedRule[]>();
  readonly #prefixes = new Map<string, ComparedRule[]>();
  readonly #prefixLengths = new Set<number>();
  readonly #regexes = new Map<string, ComparedRule[]>();
  readonly #others: ComparedRule[] = [];

  listFor(test: Test): ComparedRule[] {
    switch (test.kind) {
      case 'exact':
        return listAt(this.#exact, test.value.toLowerCase());
      case 'prefix':
      case 'segment-prefix': {
        const prefix = withoutSlash(test.value.toLowerCase());
        this.#prefixLengths.add(prefix.length);
        return listAt(this.#prefixes, prefix);
      }
      case 'regex':
        return listAt(this.#regexes, test.value);
      case 'present':
      case 'one-of':
        return this.#others;
    }
  }

  /** Lists in which a requirement may stand that follows from this one. Turned round, it may be any. */
  *listsImpliedBy({ test, absent }: Requirement): Generator<readonly ComparedRule[], void> {
    yield this.#others;
    if (absent && test.kind === 'exact') yield this.#exact.get(test.value.toLowerCase()) ?? [];
    else if (absent || test.kind === 'one-of') yield* this.#all();
    else if (test.kind === 'regex')
      yield* [this.#regexes.get(test.value) ?? [], this.#regexes.get('.*') ?? []];
    else if (test.kind !== 'present') yield* this.#ofText(test.value.toLowerCase(), test.kind === 'exact');
  }

  *#ofText(text: string, isExact: boolean): Generator<readonly ComparedRule[], void> {
    yield this.#exact.get(text) ?? [];
    for (const length of this.#prefixLengths)
      if (length <= text.length) yield this.#prefixes.get(text.slice(0, length)) ?? [];
    if (isExact) yield* this.#regexes.values();
    else yield this.#regexes.get('.*') ?? [];
  }

  *#all(): Generator<readonly ComparedRule[], void> {
    yield* this.#exact.values();
    yield* this.#prefixes.values();
    yield* this.#regexes.values();
  }
}

function listAt(lists: Map<string, ComparedRule[]>, key: string): ComparedRule[] {
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
