import { reachOf } from '../compile/visibility.js';
import type { Delegate, VirtualService } from '../resources/virtual-service.js';
import type { MeshView } from './mesh-view.js';

/** Delegates that are missing, hidden, no delegates, in a circle, or that nobody uses. */
export function warnOfDelegates(view: MeshView): void {
  const documents = new Map<string, VirtualService>();
  for (const document of view.ofKind('VirtualService')) documents.set(nameOf(document), document);
  const used = new Set<string>();
  for (const root of documents.values())
    root.spec.http.forEach(({ delegate }, index) => {
      if (delegate === undefined) return;
      const name = targetOf(delegate, root);
      used.add(name);
      const path = `spec.http[${index}].delegate`;
      const problem = delegateProblem(documents.get(name), name, root);
      if (problem !== undefined)
        view
          .report(root)
          .warning('delegate-missing', path, `${problem}; the rule does not exist until then.`);
      const circle = circleFrom(name, root, documents);
      if (circle !== undefined)
        view
          .report(root)
          .warning(
            'delegate-cycle',
            path,
            `the delegates lead in a circle (${circle.join(' -> ')}); only one level is followed. Write the rules in the last one.`,
          );
    });
  for (const [name, document] of documents)
    if (document.spec.hosts.length === 0 && !used.has(name))
      view
        .report(document)
        .warning(
          'delegate-unused',
          '',
          'without hosts this is a delegate, and no VirtualService delegates to it; write hosts, or a rule with delegate elsewhere.',
        );
}

function delegateProblem(
  target: VirtualService | undefined,
  name: string,
  root: VirtualService,
): string | undefined {
  if (target === undefined) return `there is no VirtualService ${name}; write it, without hosts`;
  if (target.spec.hosts.length > 0)
    return `VirtualService ${name} has hosts and so is no delegate; leave its hosts out`;
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
