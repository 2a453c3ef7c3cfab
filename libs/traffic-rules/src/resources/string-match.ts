/** Istio's StringMatch. `present` is the empty object `{}`; an `exact` of `''` means "equal to the empty string". */
export type StringMatch =
  | { kind: 'exact'; value: string }
  | { kind: 'prefix'; value: string }
  | { kind: 'regex'; value: string }
  | { kind: 'present' };
