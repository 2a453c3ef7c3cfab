import type { Document } from '../../model/place.js';
import { placeText } from '../../place.js';
import type { Delegate, VirtualService } from '../../resources/virtual-service.js';
import type { Report } from '../../validate/report.js';
import { reachOf } from '../visibility.js';
import { mergeDelegate } from './delegate.js';
import { sourcedRules } from './sourced-rule.js';

/** Delegates that are missing, hidden, not delegates, in a circle, or that nobody uses. */
export function* remarkOnDelegates(
  virtualServices: readonly VirtualService[],
  reportOf: (document: Document) => Report,
): Generator<undefined, void> {
  const documents = new Map(virtualServices.map((document) => [nameOf(document), document]));
  const used = new Set<string>();
  for (const root of documents.values()) {
    yield;
    root.spec.http.forEach(({ delegate }, index) => {
      if (delegate === undefined) return;
      used.add(targetOf(delegate, root));
      remarkOnDelegate(delegate, `spec.http[${index}].delegate`, { root, documents, report: reportOf(root) });
    });
  }
  for (const [name, document] of documents)
    if (document.spec.hosts.length === 0 && !used.has(name))
      reportOf(document).warning(
        'delegate-unused',
        '',
        'without hosts this is a delegate, and no VirtualService delegates to it; write hosts, or a rule with delegate elsewhere.',
      );
}

interface Root {
  root: VirtualService;
  documents: ReadonlyMap<string, VirtualService>;
  report: Report;
}

function remarkOnDelegate(delegate: Delegate, path: string, { root, documents, report }: Root): void {
  const name = targetOf(delegate, root);
  const problem = delegateProblem(documents.get(name), name, root);
  if (problem !== undefined)
    report.warning('delegate-missing', path, `${problem}; the rule does not exist until then.`);
  else remarkOnLostRules(root, Number(/\d+/.exec(path)?.[0] ?? 0), documents.get(name), report);
  const circle = circleFrom(name, root, documents);
  if (circle !== undefined)
    report.warning(
      'delegate-cycle',
      path,
      `the delegates form a loop (${circle.join(' -> ')}); only one level is followed. Write the rules in the last one.`,
    );
}

/** Rules of a delegate that lie outside of what the root delegates to it do not exist. */
function remarkOnLostRules(
  root: VirtualService,
  index: number,
  leaf: VirtualService | undefined,
  report: Report,
): void {
  const rule = sourcedRules(root)[index];
  if (rule === undefined || leaf === undefined) return;
  const lost = sourcedRules(leaf).filter(
    (own) => own.http.delegate === undefined && mergeDelegate(rule, own).length === 0,
  );
  for (const { entry } of lost) {
    report.warning(
      'delegate-rule-lost',
      `${rule.entry.path}.delegate`,
      `rule ${entry.index} of the delegate (${placeText(entry.location)}) does not exist: Istio has to see that its match lies within the match of this rule, and a regular expression, or a path outside of this rule's prefix, counts as a conflict. Write exact or prefix matches below this rule's prefix, or leave the match out on one side.`,
    );
  }
}

function delegateProblem(
  target: VirtualService | undefined,
  name: string,
  root: VirtualService,
): string | undefined {
  if (target === undefined) return `there is no VirtualService ${name}; write it, without hosts`;
  if (target.spec.hosts.length > 0)
    return `VirtualService ${name} has hosts and so is not a delegate; leave its hosts out`;
  const { namespace } = root.metadata;
  const seen = reachOf(target.spec.exportTo, target.metadata.namespace, namespace) !== undefined;
  return seen ? undefined : `VirtualService ${name} is not exported to ${namespace}; add it to its exportTo`;
}

/** The names from a root back to itself, or from a delegate to one that was passed. */
function circleFrom(
  name: string,
  root: VirtualService,
  documents: ReadonlyMap<string, VirtualService>,
): string[] | undefined {
  const passed = [nameOf(root)];
  for (let next: string | undefined = name; next !== undefined; ) {
    if (passed.includes(next)) return [...passed, next];
    if (passed.length > 16) return undefined;
    passed.push(next);
    const document = documents.get(next);
    const delegate = document?.spec.http.find((rule) => rule.delegate !== undefined)?.delegate;
    next = document === undefined || delegate === undefined ? undefined : targetOf(delegate, document);
  }
  return undefined;
}

function nameOf({ metadata }: VirtualService): string {
  return `${metadata.namespace}/${metadata.name}`;
}

function targetOf({ name, namespace }: Delegate, root: VirtualService): string {
  return `${namespace ?? root.metadata.namespace}/${name}`;
}
