/** Names (as sent) and values in turn, and the names once more in lower case. */
export interface HeaderList {
  /** `rawHeaders` of node:http: name, value, name, value... */
  raw: string[];
  /** One for each header. */
  names: string[];
}

/**
 * The first value of a header.
 * @param name in lower case
 */
export function headerValue({ raw, names }: HeaderList, name: string): string | undefined {
  const index = names.indexOf(name);
  return index < 0 ? undefined : raw[2 * index + 1];
}

/** Where the value of a header stands in a list of names, in lower case, and values in turn; 0: nowhere. */
export function valueIndex(list: readonly string[], name: string): number {
  for (let i = 0; i < list.length; i += 2) if (list[i] === name) return i + 1;
  return 0;
}
