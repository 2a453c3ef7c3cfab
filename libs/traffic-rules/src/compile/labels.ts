type Labels = Readonly<Record<string, string>>;

/** Whether every label of the selector is among the labels, with the same value. */
export function isSubset(selector: Labels, labels: Labels): boolean {
  for (const key in selector) if (labels[key] !== selector[key]) return false;
  return true;
}
