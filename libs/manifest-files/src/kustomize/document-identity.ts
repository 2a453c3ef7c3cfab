import { objectsIn, readYaml } from '@grayscale/traffic-rules';

/** What a patch or a replacement can select a document by. */
export interface DocumentIdentity {
  kind: string;
  name: string;
  namespace: string;
}

/** The objects in a text; of a document that cannot be read, nothing: the engine reports it. */
export function identifyDocuments(text: string): DocumentIdentity[] {
  const { documents } = readYaml(text, '');
  return documents.flatMap((document) =>
    [...objectsIn(document)].map(({ value }) => identity((value ?? {}) as Manifest)),
  );
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
  metadata?: { name?: unknown; namespace?: unknown } | null;
}
