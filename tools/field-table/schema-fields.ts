/** A schema as CRDs have it, as far as it says which fields there are. */
export interface FieldSchema {
  properties?: Readonly<Record<string, FieldSchema>>;
  items?: FieldSchema;
  enum?: readonly unknown[];
}

/** The schemas of a group's kinds, and the release that they are of. */
export interface GroupSchemas {
  group: string;
  version: string;
  kinds: Readonly<Record<string, FieldSchema>>;
}

export type Steps = ReadonlyArray<string | number>;

/** A field without parts of its own, as a schema has it. */
export interface Field {
  /** `spec.http[].match[].uri.exact`; a list of plain values or a map is one field. */
  path: string;
  /** The values that the schema allows, where it names them. */
  values: readonly unknown[];
}

/** Where a document has a field, and what stands there. */
export interface Occurrence {
  path: string;
  steps: Steps;
  value: unknown;
}

/** Every field of a schema, in its order. */
export function fieldsOf(schema: FieldSchema, path: string): Field[] {
  if (schema.items !== undefined && isPlain(schema.items))
    return [{ path: `${path}[]`, values: schema.items.enum ?? [] }];
  if (schema.items !== undefined) return fieldsOf(schema.items, `${path}[]`);
  if (isPlain(schema)) return [{ path, values: schema.enum ?? [] }];
  return Object.entries(schema.properties ?? {}).flatMap(([name, inner]) =>
    fieldsOf(inner, `${path}.${name}`),
  );
}

/** Every place of a document at which one of the schema's fields is written. */
export function occurrencesIn(value: unknown, schema: FieldSchema, path: string, steps: Steps): Occurrence[] {
  if (value === undefined || value === null) return [];
  if (schema.items !== undefined && isPlain(schema.items)) return [{ path: `${path}[]`, steps, value }];
  if (schema.items !== undefined)
    return (value as unknown[]).flatMap((item, index) =>
      occurrencesIn(item, schema.items as FieldSchema, `${path}[]`, [...steps, index]),
    );
  if (isPlain(schema)) return [{ path, steps, value }];
  return Object.entries(schema.properties ?? {}).flatMap(([name, inner]) =>
    occurrencesIn((value as Record<string, unknown>)[name], inner, `${path}.${name}`, [...steps, name]),
  );
}

/** Every field of a document that its schema does not have. */
export function strangersIn(value: unknown, schema: FieldSchema, path: string, steps: Steps): Occurrence[] {
  const { items, properties = {} } = schema;
  if (Array.isArray(value) && items !== undefined)
    return value.flatMap((item, index) => strangersIn(item, items, `${path}[]`, [...steps, index]));
  if (isPlain(schema) || typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => {
    const place = { path: `${path}.${name}`, steps: [...steps, name] };
    const known = properties[name];
    return known === undefined
      ? [{ ...place, value: part }]
      : strangersIn(part, known, place.path, place.steps);
  });
}

function isPlain({ properties, items }: FieldSchema): boolean {
  return items === undefined && Object.keys(properties ?? {}).length === 0;
}
