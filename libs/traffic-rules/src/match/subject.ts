import type { NamedSubject, Subject, SubjectKind, UnnamedSubject } from '../model/requirement.js';
import type { SubjectDefinition } from './subject-definition.js';
import { authority } from './subjects/authority.js';
import { gateway } from './subjects/gateway.js';
import { header } from './subjects/header.js';
import { method } from './subjects/method.js';
import { path } from './subjects/path.js';
import { port } from './subjects/port.js';
import { queryParameter } from './subjects/query-parameter.js';
import { scheme } from './subjects/scheme.js';
import { sourceLabel } from './subjects/source-label.js';
import { sourceNamespace } from './subjects/source-namespace.js';

/** Every kind: the type checker asks for what a new one needs. */
export const subjects: Readonly<Record<SubjectKind, SubjectDefinition>> = {
  path,
  method,
  authority,
  scheme,
  header,
  'query-parameter': queryParameter,
  port,
  gateway,
  'source-label': sourceLabel,
  'source-namespace': sourceNamespace,
};

export function nameOf(subject: NamedSubject | UnnamedSubject): string {
  return 'name' in subject ? subject.name : '';
}

/** Text that is the same for the same subject; names hold no line feed. */
export function subjectKey(subject: Subject): string {
  return `${subject.kind}\n${nameOf(subject)}`;
}

export function describeSubject(subject: Subject): string {
  return subjects[subject.kind].words(nameOf(subject));
}
