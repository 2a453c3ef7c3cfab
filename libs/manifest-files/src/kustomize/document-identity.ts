import { parseAllDocuments } from 'yaml';

/** What a patch or a replacement can select a document by. */
export interface DocumentIdentity {
  kind: string;
  name: string;
  namespace: string;
}

/** The documents in a text; of one that cannot be read, nothing: the engine reports it. */
export function identifyDocuments(text: string): DocumentIdentity[] {
  const documents = parseAllDocuments(text, { logLevel: 'silent' });
  if (!Array.isArray(documents)) return [];
  return documents.flatMap((document) => {
    if (document.errors.length > 0) return [];
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    return flattenLists(value).map(identity);
  });
}

function flattenLists(value: unknown): Manifest[] {
  if (typeof value !== 'object' || value === null) return [];
  const manifest = value as Manifest;
  return manifest.kind === 'List' && Array.isArray(manifest.items)
    ? manifest.items.flatMap(flattenLists)
    : [manifest];
}

function identity({ kind, metadata }: Manifest): DocumentIdentity {
  return { kind: word(kind), name: word(metadata?.name), namespace: word(metadata?.namespace) };
}

/** An object may have a `toString` of the file's making: only scalars are made texts. */
function word(value: unknown): string {
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : '';
}

interface Manifest {
  kind?: unknown;
  items?: unknown;
  metadata?: { name?: unknown; namespace?: unknown } | null;
}
