import { type AnalyzeOptions, analyze } from '../src/analyze/analyze.js';
import { compile } from '../src/compile/compile.js';
import type { Issue } from '../src/issue.js';
import { parse } from '../src/parse/parse.js';
import { validate } from '../src/validate/validate.js';
import { workload } from './mesh.js';

/** As `error host-invalid spec.hosts[0]`, of an issue that is told in words. */
export function brief(issue: Issue): string {
  const { severity, code, path } = toldInWords(issue);
  return `${severity} ${code} ${path}`.trim();
}

/** The issue, whose message has to be a sentence or two without a gap where a word is missing. What is quoted may be anything. */
export function toldInWords(issue: Issue): Issue {
  const words = issue.message.replace(/"(?:[^"\\]|\\.)*"/g, 'QUOTED');
  const gap = /^(?!:\w)\W|\s$| {2}| [.,;:](?: |$)|undefined|\bNaN\b|\[object |\( ?\)|[^.?]$/.exec(words);
  if (words.length < 20 || gap !== null)
    throw new Error(`${issue.code} is not told in words, at ${gap?.index}: ${issue.message}`);
  return issue;
}

/** What parse and validate say about a text. */
export function findings(text: string): string[] {
  const { resources, issues } = parse(text, 'rules.yaml');
  return [...issues, ...validate(resources)].map(brief);
}

/** What analyze says about resources that are valid. */
export function analysis(text: string, options?: AnalyzeOptions): Issue[] {
  const { resources, issues } = parse(text, 'rules.yaml');
  const known = [...issues, ...validate(resources)];
  const errors = known.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new Error(`the test's own rules are wrong: ${errors[0]?.message}`);
  return analyze(compile(resources, workload), { known, ...options });
}

function istio(kind: string, name: string, spec: string): string {
  const head = `apiVersion: networking.istio.io/v1\nkind: ${kind}\nmetadata: {name: ${name}, namespace: hello-page}\nspec:\n`;
  return head + spec.replace(/^\n?/, '').replace(/^/gm, '  ');
}

export const virtualServiceOf = (spec: string, name = 'rules'): string => istio('VirtualService', name, spec);
export const serviceEntryOf = (spec: string, name = 'entry'): string => istio('ServiceEntry', name, spec);
export const destinationRuleOf = (spec: string, name = 'rule'): string =>
  istio('DestinationRule', name, spec);
