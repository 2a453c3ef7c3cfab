import { describeValue } from '../fields/describe.js';
import { isObject } from '../fields/object.js';
import { formatPath } from '../fields/path.js';
import type { Problem } from '../fields/problem.js';
import { celRules } from './cel-rules.js';
import type { Constraints } from './kind-schema.js';

/** What a document breaks of the constraints that JSON schema does not express. */
export function brokenConstraints(constraints: Constraints, document: unknown): Problem[] {
  const walk = new Walk();
  walk.visit(constraints, document);
  return walk.problems;
}

type Path = (string | number)[];

/** Goes down a document and the constraints on it together. */
class Walk {
  readonly problems: Problem[] = [];
  private readonly path: Path = [];

  visit(constraints: Constraints, value: unknown): void {
    const { required = [], alternatives = [], keys, set, rules = [], fields, each } = constraints;
    if (isObject(value)) {
      for (const name of required) if (!isWritten(value, name)) this.lacks(name);
      for (const names of alternatives) this.checkAlternatives(names, value);
      if (fields !== undefined)
        for (const name of Object.keys(fields)) this.descend(fields[name], name, value[name]);
    }
    if (constraints.base64 === true && typeof value === 'string' && !isBase64(value)) this.notBase64(value);
    for (const { rule, message } of rules) this.checkRule(rule, message, value);
    if (Array.isArray(value) && keys !== undefined) this.checkKeys(keys, value);
    if (Array.isArray(value) && set === true) this.checkSet(value);
    if (each === undefined) return;
    if (Array.isArray(value)) for (const [index, item] of value.entries()) this.descend(each, index, item);
    else if (isObject(value)) for (const [key, item] of Object.entries(value)) this.descend(each, key, item);
  }

  /** A field with null is not there for the API server. */
  private descend(constraints: Constraints | undefined, step: string | number, value: unknown): void {
    if (constraints === undefined || value === null || value === undefined) return;
    this.path.push(step);
    this.visit(constraints, value);
    this.path.pop();
  }

  private lacks(name: string): void {
    this.report('api-server-refuses-value', `the API server requires ${name} here; add it.`, [name]);
  }

  private notBase64(value: string): void {
    const message = `the API server does not accept ${describeValue(value)} here; write base64, for instance aGVsbG8=.`;
    this.report('api-server-refuses-type', message);
  }

  private checkAlternatives(names: readonly string[], value: Record<string, unknown>): void {
    const written = names.filter((name) => isWritten(value, name));
    if (written.length < 2) return;
    const kept =
      written.length === 2 ? `keep either ${written.join(' or ')}` : `keep one of ${written.join(', ')}`;
    const message = `${written.join(' and ')} exclude each other, and the API server refuses them together; ${kept}.`;
    this.report('api-server-refuses-conflict', message);
  }

  private checkKeys(keys: readonly string[], items: readonly unknown[]): void {
    const seen = new Set<string>();
    for (const [index, item] of items.entries()) {
      const key = JSON.stringify(keys.map((name) => (isObject(item) ? item[name] : null)));
      if (seen.has(key)) {
        const message = `another item has the same ${keys.join(' and ')}, which the API server does not accept; give each its own.`;
        this.report('api-server-refuses-value', message, [index, ...keys.slice(0, 1)]);
      }
      seen.add(key);
    }
  }

  private checkSet(items: readonly unknown[]): void {
    const seen = new Set<string>();
    for (const [index, item] of items.entries()) {
      const key = JSON.stringify(item);
      if (seen.has(key)) {
        const message = `another item is ${describeValue(item)} too, which the API server does not accept; write it once.`;
        this.report('api-server-refuses-value', message, [index]);
      }
      seen.add(key);
    }
  }

  /** A rule that we do not know is not checked; a test sees to it that we know those of the CRDs. */
  private checkRule(rule: string, message: string, value: unknown): void {
    const known = celRules[rule];
    if (known === undefined || known.holds(value)) return;
    this.report(
      'api-server-refuses-value',
      `the API server does not accept ${describeValue(value)} here (${message}); ${known.advice}.`,
    );
  }

  private report(code: Problem['code'], message: string, below: Path = []): void {
    this.problems.push({ code, severity: 'error', path: formatPath([...this.path, ...below]), message });
  }
}

function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
}

function isWritten(value: Record<string, unknown>, name: string): boolean {
  return value[name] !== null && value[name] !== undefined;
}
