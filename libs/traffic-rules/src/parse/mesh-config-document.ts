import { isObject } from '../fields/object.js';
import type { MeshConfig } from '../resources/mesh-config.js';
import type { Source } from '../source.js';
import type { Cursor } from './cursor.js';
import type { Envelope } from './envelope.js';
import { meshConfigSpec } from './mesh-config.js';
import { readPiece } from './yaml-stream.js';

/** Whether a ConfigMap is the one that istiod reads its MeshConfig from; a revision of Istio's has a name of its own. */
export function isMeshConfigMap({ metadata, data }: Record<string, unknown>): boolean {
  const name = isObject(metadata) ? metadata.name : undefined;
  const isIstios = typeof name === 'string' && /^istio(-.+)?$/.test(name);
  return isIstios && isObject(data) && typeof data.mesh === 'string';
}

/** The MeshConfig that is written as a text in the ConfigMap. */
export function meshConfigOfMap({ value, metadata, source }: Envelope, at: Cursor): MeshConfig | undefined {
  return at.within('data', () =>
    at.within('mesh', () => {
      const text = (value.data as { mesh: string }).mesh;
      const { value: written, problem } = readPiece({ text, offset: 0 });
      if (problem !== undefined) return at.report(problem.code, problem.message, problem.severity);
      const spec = meshConfigSpec(written ?? null, at);
      return spec && { kind: 'MeshConfig', metadata, source, spec };
    }),
  );
}

/** A file of MeshConfig alone, as `istioctl` takes it. */
export function bareMeshConfig(value: object, source: Source, at: Cursor): MeshConfig | undefined {
  const spec = meshConfigSpec(value, at);
  const metadata = { name: 'istio', namespace: 'istio-system', labels: {}, annotations: {} };
  return spec && { kind: 'MeshConfig', metadata, source, spec };
}
