import type { ManifestSet } from '@grayscale/manifest-files';
import { isObject, objectsIn, readYaml } from '@grayscale/traffic-rules';

/** What a Secret or a ConfigMap holds, by key; nothing of it is shown to anybody. */
export type Secret = Readonly<Record<string, Buffer>>;

/** By `Secret namespace/name` and `ConfigMap namespace/name`. */
export type Secrets = ReadonlyMap<string, Secret>;

const kinds = ['Secret', 'ConfigMap'];

/** The Secrets among what was read, and the ConfigMaps. The engine knows nothing of them: no rule asks for one. */
export function secretsIn({ files }: ManifestSet): Secrets {
  const secrets = new Map<string, Secret>();
  for (const { path, text, kind, overrides } of files) {
    // Most files have none, and need not be read for it.
    if (!kinds.some((name) => text.includes(name))) continue;
    for (const document of readYaml(text, path, kind).documents)
      for (const { value } of objectsIn(document)) {
        const secret = secretOf(value);
        if (secret === undefined) continue;
        const namespace = overrides.namespace ?? secret.namespace;
        secrets.set(`${secret.kind} ${namespace}/${secret.name}`, secret.content);
      }
  }
  return secrets;
}

function secretOf(
  value: unknown,
): { kind: string; name: string; namespace: string; content: Secret } | undefined {
  if (!isObject(value) || !kinds.includes(String(value.kind)) || !isObject(value.metadata)) return undefined;
  const kind = String(value.kind);
  const { name, namespace = 'default' } = value.metadata;
  const entries = [
    ...entriesOf(value.data, kind === 'Secret' ? 'base64' : 'utf8'),
    ...entriesOf(value.stringData, 'utf8'),
  ];
  return { kind, name: String(name), namespace: String(namespace), content: Object.fromEntries(entries) };
}

function entriesOf(values: unknown, encoding: BufferEncoding): Array<[string, Buffer]> {
  if (!isObject(values)) return [];
  return Object.entries(values).map(([key, value]) => [key, Buffer.from(String(value), encoding)]);
}
