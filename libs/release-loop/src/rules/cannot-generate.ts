/** A rule of `users` or `sticky` that cannot be made from the split rule; the message says why. */
export class CannotGenerate extends Error {
  override readonly name = 'CannotGenerate';

  /** A second condition on one header: one match cannot ask for two values. */
  static sameHeader(header: string): CannotGenerate {
    return new CannotGenerate(
      `The rule matches on the header ${header} already, and a second condition on the same header cannot be written; use another header in the plan.`,
    );
  }
}
