import type { ManifestSet } from '@grayscale/manifest-files';
import { isObject, objectsIn, readYaml } from '@grayscale/traffic-rules';

/** What a Secret holds, by key; nothing of it is shown to anybody. */
export type Secret = Readonly<Record<string, Buffer>>;

/** The Secrets among what was read, by `namespace/name`. The engine knows nothing of them: no rule asks for one. */
export function secretsIn({ files }: ManifestSet): ReadonlyMap<string, Secret> {
  const secrets = new Map<string, Secret>();
  for (const { path, text, kind, overrides } of files) {
    // Most files have none, and need not be read for it.
    if (!text.includes('Secret')) continue;
    for (const document of readYaml(text, path, kind).documents)
      for (const { value } of objectsIn(document)) {
        const secret = secretOf(value);
        if (secret === undefined) continue;
        const namespace = overrides.namespace ?? secret.namespace;
        secrets.set(`${namespace}/${secret.name}`, secret.content);
      }
  }
  return secrets;
}

function secretOf(value: unknown): { name: string; namespace: string; content: Secret } | undefined {
  if (!isObject(value) || value.kind !== 'Secret' || !isObject(value.metadata)) return undefined;
  const { name, namespace = 'default' } = value.metadata;
  const entries = [...entriesOf(value.data, 'base64'), ...entriesOf(value.stringData, 'utf8')];
  return { name: String(name), namespace: String(namespace), content: Object.fromEntries(entries) };
}

function entriesOf(values: unknown, encoding: BufferEncoding): Array<[string, Buffer]> {
  if (!isObject(values)) return [];
  return Object.entries(values).map(([key, value]) => [key, Buffer.from(String(value), encoding)]);
}
