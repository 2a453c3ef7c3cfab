import { holds, type MatchBlock } from './match-block.js';
import type { RequestView } from './request-view.js';
import { pathKey } from './subjects/path.js';

/** Tables shorter than this are scanned: an index would cost more than it saves. */
const worthIndexing = 8;

/** Ordered routes, of which the first that matches is wanted. */
export interface Matcher<R> {
  find(view: RequestView): R | undefined;
}

/** Finds the first route that holds, in the way that is fastest for so many. */
export function buildMatcher<R extends { block: MatchBlock }>(routes: readonly R[]): Matcher<R> {
  const [first] = routes;
  if (first !== undefined && routes.length === 1) return new OnlyRoute(first);
  return routes.length < worthIndexing ? new RouteScan(routes) : new RouteIndex(routes);
}

/** One route: most hosts have no more, and a large table is fast when a decision touches little of it. */
class OnlyRoute<R extends { block: MatchBlock }> implements Matcher<R> {
  readonly #route: R;

  constructor(route: R) {
    this.#route = route;
  }

  find(view: RequestView): R | undefined {
    return holds(this.#route.block, view) ? this.#route : undefined;
  }
}

/**
 * A matcher built when the first request asks. What is built together lies together in memory, so that a table of
 * thousands of hosts costs fewer cache misses for each decision, and a reload less time.
 */
export class LazyMatcher<R extends { block: MatchBlock }> implements Matcher<R> {
  #build: (() => readonly R[]) | undefined;
  #matcher: Matcher<R> | undefined;

  constructor(build: () => readonly R[]) {
    this.#build = build;
  }

  find(view: RequestView): R | undefined {
    return (this.#matcher ?? this.#built()).find(view);
  }

  #built(): Matcher<R> {
    const matcher = buildMatcher(this.#build?.() ?? []);
    this.#matcher = matcher;
    this.#build = undefined;
    return matcher;
  }
}

/** One route after the other, as Envoy does. */
export class RouteScan<R extends { block: MatchBlock }> implements Matcher<R> {
  readonly #routes: readonly R[];

  constructor(routes: readonly R[]) {
    this.#routes = routes;
  }

  find(view: RequestView): R | undefined {
    for (const route of this.#routes) if (holds(route.block, view)) return route;
    return undefined;
  }
}

/** Positions of routes, ascending. */
type Positions = number[];

/**
 * Finds what a scan would find without looking at every route: a route that asks for an exact path or an exact
 * header value stands in a bucket under that value (the rarest, if it asks for several), all others in a rest.
 * A request meets the few buckets of its own values and the rest, merged in the order of the rules.
 */
export class RouteIndex<R extends { block: MatchBlock }> implements Matcher<R> {
  readonly #routes: readonly R[];
  readonly #byPath: ReadonlyMap<string, Positions>;
  readonly #byHeader: ReadonlyMap<string, ReadonlyMap<string, Positions>>;
  readonly #rest: Positions = [];
  /** 1 for routes whose bucket says all that they ask for: their conditions need no second look. */
  readonly #certain: Uint8Array;

  constructor(routes: readonly R[]) {
    this.#routes = routes;
    this.#certain = Uint8Array.from(routes, ({ block }) => Number(asksForOneKey(block)));
    const popularity = countKeys(routes);
    const buckets = new Map<string, Map<string, Positions>>();
    routes.forEach(({ block }, position) => {
      const key = rarest(block.exactKeys, popularity);
      if (key === undefined) this.#rest.push(position);
      else bucketOf(buckets, key).push(position);
    });
    this.#byPath = buckets.get(pathKey) ?? new Map();
    buckets.delete(pathKey);
    this.#byHeader = buckets;
  }

  find(view: RequestView): R | undefined {
    const lists = this.#candidates(view);
    const cursors = lists.map(() => 0);
    for (;;) {
      const position = takeLowest(lists, cursors);
      if (position === undefined) return undefined;
      const route = this.#routes[position];
      if (route !== undefined && (this.#certain[position] === 1 || holds(route.block, view))) return route;
    }
  }

  #candidates(view: RequestView): Positions[] {
    const lists: Positions[] = [];
    if (this.#rest.length > 0) lists.push(this.#rest);
    const atPath = this.#byPath.get(view.path);
    if (atPath !== undefined) lists.push(atPath);
    if (this.#byHeader.size > 0) this.#addHeaderCandidates(view, lists);
    return lists;
  }

  #addHeaderCandidates(view: RequestView, lists: Positions[]): void {
    const { headers } = view.request;
    for (let index = 0; index < headers.length; index += 2) {
      const name = (headers[index] as string).toLowerCase();
      const byValue = this.#byHeader.get(name);
      if (byValue === undefined || standsBefore(headers, index, name)) continue;
      for (const value of view.headerValues(name) ?? []) {
        const positions = byValue.get(value);
        if (positions !== undefined && !lists.includes(positions)) lists.push(positions);
      }
    }
  }
}

function asksForOneKey({ conditions, exactKeys }: MatchBlock): boolean {
  return conditions.length === 1 && exactKeys.length === 1;
}

/** Whether the header was met on an earlier line: all its values were taken then. */
function standsBefore(headers: readonly string[], end: number, name: string): boolean {
  for (let index = 0; index < end; index += 2) {
    if ((headers[index] as string).toLowerCase() === name) return true;
  }
  return false;
}

/** The lowest position under any cursor; the cursors on it move on. */
function takeLowest(lists: readonly Positions[], cursors: number[]): number | undefined {
  let lowest: number | undefined;
  let from = -1;
  for (let index = 0; index < lists.length; index++) {
    const position = lists[index]?.[cursors[index] ?? 0];
    if (position === undefined || (lowest !== undefined && position >= lowest)) continue;
    lowest = position;
    from = index;
  }
  if (from >= 0) cursors[from] = (cursors[from] ?? 0) + 1;
  return lowest;
}

type Key = MatchBlock['exactKeys'][number];

function countKeys(routes: ReadonlyArray<{ block: MatchBlock }>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { block } of routes) {
    for (const key of block.exactKeys) counts.set(keyText(key), (counts.get(keyText(key)) ?? 0) + 1);
  }
  return counts;
}

function rarest(keys: readonly Key[], popularity: ReadonlyMap<string, number>): Key | undefined {
  let best: Key | undefined;
  let bestCount = Number.POSITIVE_INFINITY;
  for (const key of keys) {
    const count = popularity.get(keyText(key)) ?? 0;
    if (count < bestCount) [best, bestCount] = [key, count];
  }
  return best;
}

/** Header names hold no line feed, so that the text is unambiguous. */
function keyText([name, value]: Key): string {
  return `${name}\n${value}`;
}

function bucketOf(buckets: Map<string, Map<string, Positions>>, [name, value]: Key): Positions {
  let byValue = buckets.get(name);
  if (byValue === undefined) {
    byValue = new Map();
    buckets.set(name, byValue);
  }
  let positions = byValue.get(value);
  if (positions === undefined) {
    positions = [];
    byValue.set(value, positions);
  }
  return positions;
}
