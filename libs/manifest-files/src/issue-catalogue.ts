import {
  issueCatalogue as engineCatalogue,
  issueSections as engineSections,
  type IssueKind,
  type IssueSection,
  type RefusedBy,
} from '@grayscale/traffic-rules';
import type { ManifestIssue } from './file-issue.js';
import { fileIssues } from './file-issues.js';

const sections: readonly IssueSection[] = [...engineSections, fileIssues];

/** Every code that `check` and the local mesh can report, with what it means. */
export const issueCatalogue: Readonly<Record<ManifestIssue['code'], IssueKind>> = {
  ...engineCatalogue,
  ...fileIssues.kinds,
};

const refusers: Readonly<Record<RefusedBy, string>> = {
  kubectl: 'kubectl refuses it',
  'api-server': 'the Kubernetes API server refuses it',
  istio: 'Istio refuses it',
  envoy: 'Envoy refuses it',
  grayscale: 'grayscale itself refuses it',
};

/** One code for a person: severity, what is wrong, and an example of both. Undefined when there is no such code. */
export function explainIssueCode(code: string): string | undefined {
  if (!Object.hasOwn(issueCatalogue, code)) return undefined;
  const kind = issueCatalogue[code as ManifestIssue['code']];
  return `${code}: ${summary(kind)}\n\n${kind.why}\n\n  wrong: ${kind.wrong}\n  right: ${kind.right}\n`;
}

/** docs/issues.md: all codes, in sections. */
export function renderIssueCatalogue(): string {
  return [introduction, ...sections.map(renderSection)].join('\n\n').concat('\n');
}

const introduction = `# Issues

Every problem that \`grayscale check\`, the local mesh and the engine report has a code of this list; \`grayscale check --explain CODE\` prints its entry. An error means
that somebody refuses the document, and each entry says who; a warning is accepted and does not do what it seems to; an info is worth knowing. Each issue names
file, line, column and field. This file is generated from the code (\`npm run issues:write\`), and a test holds the two together. Codes are stable.`;

function renderSection({ title, text, kinds }: IssueSection): string {
  return [`## ${title}`, text, ...Object.entries(kinds).map(renderKind)].join('\n\n');
}

function renderKind([code, kind]: [string, IssueKind]): string {
  const { why, wrong, right } = kind;
  return `### \`${code}\`\n\n${capitalized(summary(kind))}. ${why}\n\nWrong: \`${wrong}\`<br>\nRight: \`${right}\``;
}

/** As `error, Istio refuses it`. Istio's validation has warnings of its own. */
function summary({ severity, or, refusedBy }: IssueKind): string {
  const severities = or === undefined ? severity : `${severity} or ${or}`;
  if (refusedBy === undefined) return severities;
  if (refusedBy !== 'istio' || severities === 'error') return `${severities}, ${refusers[refusedBy]}`;
  return `${severities}, ${severity === 'warning' ? 'Istio accepts it with a warning' : 'Istio refuses it or warns of it'}`;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
