/** JSON of the engine's values, in which sets become lists and bytes become text. */
export function toJson(value: unknown, indent?: number): string {
  const replacer = (_key: string, part: unknown) => {
    if (part instanceof Set) return [...part];
    return part instanceof Uint8Array ? new TextDecoder().decode(part) : part;
  };
  return JSON.stringify(value, replacer, indent);
}
