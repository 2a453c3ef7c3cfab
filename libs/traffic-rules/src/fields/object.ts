/** Whether a value of a document, or of JSON, is an object with fields: neither a list nor a scalar. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
