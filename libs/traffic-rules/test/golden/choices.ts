import { readFileSync } from 'node:fs';
import type { ChoicesAt } from '../../../../tools/golden/deviations.js';
import type { Path } from '../../src/fields/path.js';

interface Schema {
  properties?: Record<string, Schema>;
  items?: Schema;
  additionalProperties?: Schema;
  enum?: unknown[];
}

/** As the schema of the document's kind counts them. */
export function choicesIn(document: Record<string, unknown>): ChoicesAt {
  const schema = schemaOf(document);
  return (path) => schemaAt(schema, path)?.enum;
}

function schemaOf({ apiVersion, kind }: Record<string, unknown>): Schema | undefined {
  const [group] = String(apiVersion).split('/');
  const name = group === 'networking.istio.io' ? 'istio' : 'gateway-api';
  const file = new URL(`../../schemas/${name}.json`, import.meta.url);
  const { kinds } = JSON.parse(readFileSync(file, 'utf8')) as { kinds: Record<string, Schema> };
  return kinds[String(kind)];
}

function schemaAt(schema: Schema | undefined, [step, ...rest]: Path): Schema | undefined {
  if (schema === undefined || step === undefined) return schema;
  const { properties, items, additionalProperties } = schema;
  return schemaAt(typeof step === 'number' ? items : (properties?.[step] ?? additionalProperties), rest);
}
