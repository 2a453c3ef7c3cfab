import type { RemovableHeaders } from '../inject.js';

/** `[name, value, name, value]`, undici's raw form and what Node takes beside a record. */
export function flatHeaders(flat: unknown[]): RemovableHeaders {
  const indexOf = (name: string) => flat.findIndex((item, index) => index % 2 === 0 && lower(item) === name);
  const remove = (name: string) => {
    for (let at = indexOf(name); at !== -1; at = indexOf(name)) flat.splice(at, 2);
  };
  return {
    has: (name) => indexOf(name) !== -1,
    get: (name) => {
      const values = flat.filter((_, index) => index % 2 === 1 && lower(flat[index - 1]) === name).flat();
      return values.length > 1 ? values.map(String) : String(values[0]);
    },
    set: (name, value) => {
      remove(name);
      // One entry for several lines: undici and Node both write a line for each.
      flat.push(name, value);
    },
    delete: remove,
  };
}

function lower(name: unknown): string {
  return String(name).toLowerCase();
}
