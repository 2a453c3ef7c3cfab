/** How many answers are kept: keys may come from outside. */
const MOST = 256;

/**
 * The function with its answers kept, for keys of which a few are asked for again and again.
 *
 * @param compute gives the same answer to the same key each time; undefined is not kept
 */
export function memoize<V>(compute: (key: string) => V): (key: string) => V {
  const known = new Map<string, V>();
  // Compared as text: to look a key up, a string that a parser has just made must be hashed first.
  let lastKey: string | undefined;
  let last: V;
  return (key) => {
    if (key === lastKey) return last;
    let answer = known.get(key);
    if (answer === undefined) {
      answer = compute(key);
      if (answer === undefined) return answer;
      if (known.size >= MOST) known.clear();
      known.set(key, answer);
    }
    lastKey = key;
    last = answer;
    return answer;
  };
}
