import { dump } from 'js-yaml';
import type { RuleObject } from './rule-objects.js';

/** An object as one would write it, for people: without what the API server keeps beside it. */
export function objectYaml({ apiVersion, kind, metadata, spec }: RuleObject): string {
  const { namespace, name } = metadata;
  return dump({ apiVersion, kind, metadata: { name, namespace }, spec }, { lineWidth: -1 });
}
