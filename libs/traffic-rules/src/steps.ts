/** Work in short steps, for a caller that has other things to do between them; the last step returns the result. */
export type Steps<T> = Generator<undefined, T>;

/** Takes all steps, one after the other. */
export function takeAll<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}
