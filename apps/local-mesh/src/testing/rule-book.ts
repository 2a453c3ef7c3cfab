import { RuleBook } from '../rules/rule-book.js';
import { buildRuleSet, isRefused, type RuleSet } from '../rules/rule-set.js';

const workload = {
  namespace: 'hello-page',
  labels: { app: 'hello-page' },
  outboundTrafficPolicy: 'ALLOW_ANY',
} as const;

/** A rule set of one text. */
export function ruleSetOf(text: string): RuleSet {
  const built = buildRuleSet(manifestSetOf(text), workload);
  if (isRefused(built)) throw new Error(JSON.stringify(built.issues));
  return built;
}

export function ruleBookOf(text: string): RuleBook {
  return new RuleBook(workload, ruleSetOf(text));
}

export function manifestSetOf(text: string) {
  return {
    files: [{ path: 'rules.yaml', text, overrides: { labels: {}, annotations: {} } }],
    issues: [],
    tracked: [],
  };
}
