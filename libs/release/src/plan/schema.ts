import { planApiVersion, planKind } from './plan.js';
import type { Schema } from './reader.js';
import { planShape } from './shape.js';

/** The JSON Schema of a plan, for editors: made of the readers themselves. What no field shows alone, only reading a plan tells. */
export function planSchema(): Schema {
  const properties = planShape.schema.properties as Record<string, Schema>;
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: planKind,
    ...planShape.schema,
    properties: { ...properties, apiVersion: { const: planApiVersion }, kind: { const: planKind } },
  };
}
