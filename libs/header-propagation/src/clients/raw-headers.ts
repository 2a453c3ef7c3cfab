import type { MethodHeaders } from '../inject.js';

/** `[name, value, name, value]`, undici's raw form. */
export function flatHeaders(flat: unknown[]): MethodHeaders {
  const indexOf = (name: string) =>
    flat.findIndex((item, index) => index % 2 === 0 && String(item).toLowerCase() === name);
  return {
    has: (name) => indexOf(name) !== -1,
    get: (name) => {
      const values = flat.filter((_, index) => index % 2 === 1 && lower(flat[index - 1]) === name);
      return values.length > 1 ? values.map(String) : String(values[0]);
    },
    set: (name, value) => {
      for (let at = indexOf(name); at !== -1; at = indexOf(name)) flat.splice(at, 2);
      for (const one of typeof value === 'string' ? [value] : value) flat.push(name, one);
    },
  };
}

function lower(name: unknown): string {
  return String(name).toLowerCase();
}
