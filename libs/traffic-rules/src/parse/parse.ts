import type { Issue } from '../issue.js';
import type { Resource } from '../resources/resource.js';
import { type Steps, takeAll } from '../steps.js';
import { Budget } from './cursor.js';
import { decodeDocument } from './document.js';
import { SourceFile, type TextKind } from './source-file.js';
import { documentsOf, objectsIn } from './yaml-documents.js';

/** What came of reading a text. */
export interface Parsed {
  /** The documents that could be read; one with an error in its structure is left out. */
  resources: Resource[];
  /** With Istio's verdict on what can be read of each document; `validate` has the rest of it. */
  issues: Issue[];
  /**
   * What the Kubernetes API server refuses by the schemas of Istio's kinds: errors that say nothing of Istio's own verdict.
   * Some repeat an error of Istio's at the same field.
   */
  apiServerIssues: Issue[];
}

/**
 * Reads Kubernetes YAML or JSON: several documents, Lists, every kind that matters to routing.
 * Never throws; whatever is wrong with the text is an issue with file, line and column.
 * @param file name to show in issues.
 * @param kind an `object` has been accepted by its API server, which is not asked again; `mesh-config` is MeshConfig by itself
 */
export function parse(text: string, file: string, kind: TextKind = 'file'): Parsed {
  return takeAll(parseInSteps(text, file, kind));
}

/** As {@link parse}, an object in each step. */
export function* parseInSteps(text: string, file: string, kind: TextKind = 'file'): Steps<Parsed> {
  const parsed: Parsed = { resources: [], issues: [], apiServerIssues: [] };
  const budget = new Budget(text.length);
  for (const document of documentsOf(new SourceFile(file, text, kind), parsed.issues)) {
    for (const { value, source } of objectsIn(document)) {
      if (budget.spent) return parsed;
      add(decodeDocument(value, source, budget, kind), parsed);
      yield;
    }
  }
  if (kind === 'object') parsed.apiServerIssues = [];
  if (text.includes('{{')) parsed.issues = parsed.issues.map(withTemplateHint);
  return parsed;
}

/** `{{` is how Helm's templates begin, which are YAML only once they are rendered. */
function withTemplateHint(issue: Issue): Issue {
  if (issue.code !== 'yaml-syntax') return issue;
  const hint =
    'The text contains {{, as a Helm template does: render it first, for instance with helm template.';
  return { ...issue, message: `${issue.message} ${hint}` };
}

function add(decoded: ReturnType<typeof decodeDocument>, parsed: Parsed): void {
  if (decoded.resource !== undefined) parsed.resources.push(decoded.resource);
  for (const issue of decoded.issues) parsed.issues.push(issue);
  for (const issue of decoded.apiServerIssues) parsed.apiServerIssues.push(issue);
}
