import type { Schema } from '../plan/reader.js';

/** What the API server's structural schemas know of the keywords that a plan's schema has. */
const kept = [
  'description',
  'type',
  'enum',
  'pattern',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'minItems',
  'maxItems',
  'required',
  'default',
] as const;

/** More for the schema at a path, such as `spec.guards[]`: rules, and how a list is merged. */
export type Additions = Readonly<Record<string, Schema>>;

/**
 * Turns a JSON Schema into a structural one, as a CustomResourceDefinition needs it
 * (https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema).
 * It accepts what the first one accepts, apart from fields in one of two forms, where more may pass.
 */
export function structuralSchema(schema: Schema, additions: Additions, path: string): Schema {
  const { anyOf } = schema;
  const own = Object.fromEntries(
    kept.filter((word) => schema[word] !== undefined).map((word) => [word, schema[word]]),
  );
  if (own.enum !== undefined) own.type = 'string';
  if (own.type === 'integer') own.format = 'int64';
  return {
    ...own,
    ...(Array.isArray(anyOf) ? oneOfSeveralForms(anyOf, additions, path) : {}),
    ...parts(schema, additions, path),
    ...additions[path],
  };
}

function parts({ properties, items }: Schema, additions: Additions, path: string): Schema {
  if (properties !== undefined) {
    const fields = Object.entries(properties as Record<string, Schema>).map(([name, field]) => [
      name,
      structuralSchema(field, additions, `${path}.${name}`),
    ]);
    return { properties: Object.fromEntries(fields) };
  }
  return items === undefined ? {} : { items: structuralSchema(items as Schema, additions, `${path}[]`) };
}

/**
 * A structural schema has one type. Integer or text has a keyword of its own. For other pairs the type is left open, and what is said of texts, numbers,
 * lists or objects holds for a value of that type alone, so that all of it can stand together.
 */
function oneOfSeveralForms(forms: Schema[], additions: Additions, path: string): Schema {
  const merged = Object.assign({}, ...forms.map((form) => structuralSchema(form, additions, path)));
  const description = forms.map((form) => form.description).join('; or ');
  const { type: _, format: __, ...rest } = { ...merged, ...(forms[0]?.description ? { description } : {}) };
  const types = forms.map(({ type }) => type).sort();
  if (String(types) === 'integer,string') {
    return { ...rest, 'x-kubernetes-int-or-string': true, anyOf: types.map((type) => ({ type })) };
  }
  return { ...rest, 'x-kubernetes-preserve-unknown-fields': true };
}
