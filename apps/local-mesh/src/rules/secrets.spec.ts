import { readManifests } from '@grayscale/manifest-files';
import { RuleFile } from '../testing/manifests.js';
import { secretsIn } from './secrets.js';

async function readFrom(text: string): Promise<Record<string, Record<string, string>>> {
  await using file = await RuleFile.with(text);
  const secrets = secretsIn(await readManifests([file.path]));
  return Object.fromEntries(
    [...secrets].map(([name, entries]) => [
      name,
      Object.fromEntries(Object.entries(entries).map(([key, bytes]) => [key, bytes.toString()])),
    ]),
  );
}

const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('Secrets and ConfigMaps among the files', () => {
  it('are read by kind, namespace and name, stringData over data', async () => {
    const text = `
kind: Secret
apiVersion: v1
metadata: {name: a, namespace: shop}
data: {one: ${base64('1st')}, two: ${base64('2nd')}}
stringData: {two: third}
---
{"kind": "List", "apiVersion": "v1", "items": [{"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "a"}, "data": {"x": "plain"}}]}
`;
    expect(await readFrom(text)).toEqual({
      'Secret shop/a': { one: '1st', two: 'third' },
      'ConfigMap default/a': { x: 'plain' },
    });
  });

  it('that are not whole, and other kinds, are none', async () => {
    const text = `
kind: Secret
---
kind: Secret
metadata: nothing
---
kind: Service
metadata: {name: Secret}
data: {x: y}
---
kind: Secret
metadata: {name: a, namespace: shop}
data: [x]
`;
    expect(await readFrom(text)).toEqual({ 'Secret shop/a': {} });
  });
});
