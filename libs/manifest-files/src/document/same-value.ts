/** What aliases may add to what is written, as in the engine's reader. */
const aliasAllowance = 200_000;

/**
 * Compares values of documents. Aliases of aliases can stand for more than can ever be visited: that counts as unlike.
 * @param characters length of the text that they are read from; every value takes one at least
 */
export function sameValue(a: unknown, b: unknown, characters: number): boolean {
  let left = characters + aliasAllowance;
  const same = (one: unknown, other: unknown): boolean => {
    if (--left < 0) return false;
    if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null)
      return Object.is(one, other);
    const keys = Object.keys(one);
    if (Array.isArray(one) !== Array.isArray(other) || keys.length !== Object.keys(other).length)
      return false;
    return keys.every((key) => Object.hasOwn(other, key) && same(field(one, key), field(other, key)));
  };
  return same(a, b);
}

function field(value: object, key: string): unknown {
  return (value as Record<string, unknown>)[key];
}
