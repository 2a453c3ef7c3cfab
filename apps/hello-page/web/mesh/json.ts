/** A JSON object as it comes over the wire: nothing is known of its fields. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The object of that name, or an empty one: what is missing is shown as missing, never a crash. */
export function objectAt(parent: JsonObject, name: string): JsonObject {
  return asObject(parent[name]) ?? {};
}

export function asObject(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}

export function objectsAt(parent: JsonObject, name: string): JsonObject[] {
  const value = parent[name];
  return Array.isArray(value) ? value.map(asObject).filter((element) => element !== undefined) : [];
}

export function textAt(parent: JsonObject, name: string): string {
  const value = parent[name];
  return typeof value === 'string' ? value : '';
}

export function numberAt(parent: JsonObject, name: string): number | undefined {
  const value = parent[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
