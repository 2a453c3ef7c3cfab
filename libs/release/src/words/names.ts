/** Two hosts without what they have in common at the end: `hello.hello-1` and `hello.hello-2`. */
export function shortHosts(a: string, b: string): [string, string] {
  const [left, right] = [a.split('.'), b.split('.')];
  let same = 0;
  while (same < Math.min(left.length, right.length) - 1 && left.at(-1 - same) === right.at(-1 - same)) same++;
  const cut = (labels: string[]) => labels.slice(0, labels.length - same).join('.');
  return [cut(left), cut(right)];
}
