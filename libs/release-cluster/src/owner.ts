import { planGroup } from '@grayscale/release';

/** On an object under release: which write of which release was the last one. */
export const ownerAnnotation = `${planGroup}/release`;

/** Whose write stands in an object. */
export interface Owner {
  namespace: string;
  name: string;
  /** Of the object that has the release's memory, so that a release of the same name that came later is another one. */
  uid: string;
}

/** What a write leaves in the annotation: whose it is, and its number. {@link ownerIn} reads it. */
export function ownerText({ namespace, name, uid }: Owner, seq: number): string {
  return `${namespace}/${name}/${uid}/${seq}`;
}

/** Undefined where nobody of ours has written, or somebody else has written something else into the annotation. */
export function ownerIn(
  annotations: Record<string, string> | undefined,
): (Owner & { seq: number }) | undefined {
  const [, namespace, name, uid, seq] =
    /^([^/]+)\/([^/]+)\/([^/]+)\/(\d+)$/.exec(annotations?.[ownerAnnotation] ?? '') ?? [];
  if (namespace === undefined || name === undefined || uid === undefined) return undefined;
  return { namespace, name, uid, seq: Number(seq) };
}

export function isSameOwner(a: Owner, b: Owner): boolean {
  return a.uid === b.uid && a.name === b.name && a.namespace === b.namespace;
}
