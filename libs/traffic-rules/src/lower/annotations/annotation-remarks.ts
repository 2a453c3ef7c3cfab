import { suggest } from '../../fields/suggestion.js';
import type { Document } from '../../model/place.js';
import { isIstioAnnotation, type Metadata } from '../../resources/metadata.js';
import { podControllers } from '../../resources/pod.js';
import type { Resource } from '../../resources/resource.js';
import { member, type Report } from '../../validate/report.js';
import { ofKind } from '../of-kind.js';
import { type KnownAnnotation, knownAnnotations } from './known-annotations.js';
import { valueProblem } from './value-problem.js';

/** Annotations of Istio's that do not exist, stand in the wrong place, or have a value that it does not take (istioctl's IST0107, 0108, 0125 and 0135). */
export function remarkOnAnnotations(
  resources: readonly Resource[],
  reportOf: (document: Document) => Report,
): void {
  for (const kind of ['Namespace', 'Service', 'Pod'] as const)
    for (const document of ofKind(resources, kind))
      remarkOn(document.metadata, { kind, path: 'metadata', report: reportOf(document) });
  for (const kind of podControllers)
    for (const document of ofKind(resources, kind)) {
      const report = reportOf(document);
      remarkOn(document.metadata, { kind, path: 'metadata', report });
      remarkOn(document.template, { kind: 'Pod', path: templatePath(kind), report });
    }
}

function templatePath(kind: (typeof podControllers)[number]): string {
  return kind === 'CronJob' ? 'spec.jobTemplate.spec.template.metadata' : 'spec.template.metadata';
}

/** Where annotations stand. */
interface Place {
  kind: string;
  /** Of the metadata. */
  path: string;
  report: Report;
}

function remarkOn({ labels, annotations }: Pick<Metadata, 'labels' | 'annotations'>, place: Place): void {
  for (const [name, value] of Object.entries(annotations)) {
    if (!isIstioAnnotation(name) || writtenByIstio.has(name)) continue;
    const path = member(`${place.path}.annotations`, name);
    const known = knownAnnotations.get(name);
    if (known === undefined) remarkOnUnknown(name, path, place.report);
    else remarkOnKnown({ name, value, known, labels }, path, place);
  }
}

/** Nobody else writes them. */
const writtenByIstio: ReadonlySet<string> = new Set([
  'sidecar.istio.io/status',
  'gateway.istio.io/controller-version',
  'istio.io/rev',
]);

function remarkOnUnknown(name: string, path: string, report: Report): void {
  const meant = nearest(name);
  const advice = meant === undefined ? 'Leave it out, or look up its name.' : `Did you mean ${meant}?`;
  report.warning('annotation-unknown', path, `Istio has no annotation ${name}. ${advice}`);
}

/** Of those with the same prefix the nearest, else of all. */
function nearest(name: string): string | undefined {
  const all = [...knownAnnotations.keys()];
  const prefix = name.slice(0, name.indexOf('/') + 1);
  const alike = all.filter((known) => known.startsWith(prefix)).map((known) => known.slice(prefix.length));
  if (alike.length === 0) return suggest(name, all);
  const meant = suggest(name.slice(prefix.length), alike);
  return meant === undefined ? undefined : `${prefix}${meant}`;
}

interface Annotation {
  name: string;
  value: string;
  known: KnownAnnotation;
  labels: Metadata['labels'];
}

const injectAnnotation = 'sidecar.istio.io/inject';

function remarkOnKnown(
  { name, value, known, labels }: Annotation,
  path: string,
  { kind, report }: Place,
): void {
  const { kinds, isDeprecated, form } = known;
  if (isDeprecated && !(name === injectAnnotation && Object.hasOwn(labels, injectAnnotation)))
    report.info(
      'annotation-deprecated',
      path,
      name === injectAnnotation
        ? `the annotation ${name} is deprecated; write the label ${name} in its place.`
        : `the annotation ${name} is deprecated, and a later version of Istio may not accept it.`,
    );
  if (!kinds.some((one) => one === 'Any' || one === kind)) {
    report.warning('annotation-misplaced', path, misplaced(name, kinds, kind));
    return;
  }
  const problem = form && valueProblem(value, form);
  if (problem !== undefined) report.warning('annotation-invalid', path, `${name} is ${problem}.`);
}

function misplaced(name: string, kinds: KnownAnnotation['kinds'], kind: string): string {
  const isForTemplate = kinds.includes('Pod') && podControllers.some((controller) => controller === kind);
  const advice = isForTemplate
    ? `write it under ${templatePath(kind as (typeof podControllers)[number])}.annotations`
    : 'write it there, or leave it out';
  return `the annotation ${name} has no effect on a ${kind}: Istio reads it from ${kinds.join(', ')} only; ${advice}.`;
}
