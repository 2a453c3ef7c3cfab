/** How many answers are kept: keys may come from outside. */
const MOST = 256;

/**
 * The function with its answers kept, for keys of which a few are asked for again and again.
 *
 * @param compute gives the same answer to the same key each time; undefined is not kept
 */
export function memoize<V>(compute: (key: string) => V): (key: string) => V {
  const known = new Map<string, V>();
  return (key) => {
    const answer = known.get(key);
    if (answer !== undefined) return answer;
    const computed = compute(key);
    if (known.size >= MOST) known.clear();
    known.set(key, computed);
    return computed;
  };
}
