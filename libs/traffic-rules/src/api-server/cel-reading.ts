import { isObject } from '../fields/object.js';

/** Our own reading of one rule that a CRD states in CEL. */
export interface CelRule {
  /** Whether the rule holds; a value of another type than the rule is for is somebody else's problem. */
  holds(self: unknown): boolean;
  /** What to write instead. */
  advice: string;
}

export function has(self: unknown, field: string): boolean {
  return isObject(self) && self[field] !== undefined && self[field] !== null;
}

/** The value of a field as a text; empty where it is not one. */
export function text(self: unknown, field: string): string {
  const value = isObject(self) ? self[field] : undefined;
  return typeof value === 'string' ? value : '';
}

export function list(self: unknown, field: string): readonly unknown[] {
  const value = isObject(self) ? self[field] : undefined;
  return Array.isArray(value) ? value : [];
}

export function keys(self: unknown): readonly string[] {
  return isObject(self) ? Object.keys(self) : [];
}
