import { parseAllDocuments, stringify } from 'yaml';

/** The same rules in another form, of which everything has to come out the same. */
export interface Variant {
  name: string;
  text: string | Buffer;
  /** What the new form calls something that the old one names. */
  rename(text: string): string;
}

/** With hosts and namespaces renamed, and with the fields and documents in another order. */
export function variants(text: string): Variant[] {
  const documents = parseAllDocuments(text)
    .map((document): unknown => document.toJS())
    .filter((document) => document !== null);
  const names = namesIn(documents);
  const rename = (original: string) => renamed(original, names);
  const reordered = stringify_(documents.toReversed().map(reversed));
  return [
    { name: 'other names', text: rename(stringify_(documents)), rename },
    { name: 'other order', text: reordered, rename: (original) => original },
  ];
}

function stringify_(documents: readonly unknown[]): string {
  return documents.map((document) => stringify(document, { version: '1.1' })).join('---\n');
}

/** Whole words only: `app` does not stand in `app-a`. */
export function renamed(text: string, names: readonly string[]): string {
  return names.reduce(
    (result, name) => result.replaceAll(new RegExp(`(?<![\\w-])${name}(?![\\w-])`, 'g'), `renamed-${name}`),
    text,
  );
}

interface Named {
  kind?: string;
  metadata?: { name?: string; namespace?: string };
}

/** The names of Services and namespaces, which are parts of hosts; every reference to one is renamed with it. */
function namesIn(documents: readonly unknown[]): string[] {
  const names = (documents as Named[]).flatMap(({ kind, metadata }) => [
    ...(kind === 'Service' ? [metadata?.name] : []),
    metadata?.namespace,
  ]);
  return [...new Set(names)].filter((name) => name !== undefined && name !== 'default').map(String);
}

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, item]) => [key, reversed(item)]),
  );
}
