/** What decides which of several rules of routes is tried first, more specific ones before others. */
export interface Precedence {
  /** Whether it has a condition at all. */
  isConditional: boolean;
  /** Exact 3, prefix 2, regular expression 1, none -1. */
  path: 3 | 2 | 1 | -1;
  /** Of the path, in bytes. */
  length: number;
  hasMethod: boolean;
  headers: number;
  queryParameters: number;
}

/** Less than 0 where the first is tried before the second; of equals the order stays (Istio, conversion.go sortHTTPRoutes). */
export function comparePrecedence(a: Precedence, b: Precedence): number {
  return (
    Number(b.isConditional) - Number(a.isConditional) ||
    b.path - a.path ||
    b.length - a.length ||
    Number(b.hasMethod) - Number(a.hasMethod) ||
    b.headers - a.headers ||
    b.queryParameters - a.queryParameters
  );
}
