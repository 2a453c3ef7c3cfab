/** Kubernetes' selector by labels: all of it has to fit. */
export interface LabelSelector {
  matchLabels: Record<string, string>;
  matchExpressions: LabelExpression[];
}

export interface LabelExpression {
  key: string;
  /** `In`, `NotIn`, `Exists` or `DoesNotExist`; any other fits nothing. */
  operator: string;
  values: string[];
}
