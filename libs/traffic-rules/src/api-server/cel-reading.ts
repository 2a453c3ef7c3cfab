import { isObject } from '../fields/object.js';

/** Our own reading of one rule that a CRD states in CEL. */
export interface CelRule {
  /** Whether the rule holds; a value of another type than the rule is for is somebody else's problem. */
  holds(self: unknown): boolean;
  /** What to write instead. */
  advice: string;
}

/** Whether a field is written; null is not. */
export function has(self: unknown, field: string): boolean {
  return isObject(self) && self[field] !== undefined && self[field] !== null;
}

/** The value of a field as a text; empty where it is not one. */
export function text(self: unknown, field: string): string {
  const value = isObject(self) ? self[field] : undefined;
  return typeof value === 'string' ? value : '';
}

/** The value of a field as a list; empty where it is not one. */
export function list(self: unknown, field: string): readonly unknown[] {
  const value = isObject(self) ? self[field] : undefined;
  return Array.isArray(value) ? value : [];
}

/** The names of the fields of an object. */
export function keys(self: unknown): readonly string[] {
  return isObject(self) ? Object.keys(self) : [];
}

/** A list, or nothing. */
export function items(self: unknown): readonly unknown[] {
  return Array.isArray(self) ? self : [];
}

/** The value of a field as a number; `usual` where it is not one, as the API server fills a default in. */
export function number(self: unknown, field: string, usual: number): number {
  const value = isObject(self) ? self[field] : undefined;
  return typeof value === 'number' ? value : usual;
}

/** Whether no value is there twice. */
export function differ(values: readonly string[]): boolean {
  return new Set(values).size === values.length;
}

/** A field that belongs to a type alone. */
export function onlyWithType(field: string, type: string): CelRule['holds'] {
  return (self) => !has(self, field) || text(self, 'type') === type;
}

/** A field that a type needs. */
export function neededByType(field: string, type: string): CelRule['holds'] {
  return (self) => has(self, field) || text(self, 'type') !== type;
}

/** Whether a match is by regular expression, for which the rules of plain texts do not count. */
export function isPattern(self: unknown): boolean {
  return text(self, 'type') === 'RegularExpression';
}
