import { describeValue, quote } from '../fields/describe.js';
import { isObject } from '../fields/object.js';
import { formatPath, type Path } from '../fields/path.js';
import type { Problem } from '../fields/problem.js';
import type { IssueCode } from '../issue-codes.js';
import { experimentalField } from './experimental-channel.js';
import type { SchemaError } from './kind-schema.js';

/** What ajv found, with the place as we write it and in words. */
export function schemaProblem({ instancePath, keyword, params }: SchemaError, document: unknown): Problem {
  const { path, value } = resolve(instancePath, document);
  const found = { path, value, params };
  const explained = (keywords[keyword] ?? anyOther)(found);
  const written = formatPath(explained.path ?? path);
  if (explained.code === 'api-server-refuses-field') {
    const experimental = experimentalField(written, document);
    if (experimental !== undefined) return experimental;
  }
  return { severity: 'error', ...explained, path: written };
}

interface Found {
  path: Path;
  value: unknown;
  params: SchemaError['params'];
}

interface Explained {
  code: IssueCode;
  message: string;
  path?: Path;
}

const refused = (value: unknown) => `the API server does not accept ${describeValue(value)} here`;

const keywords: Readonly<Record<string, (found: Found) => Explained>> = {
  type: ({ value, params }) => ({
    code: 'api-server-refuses-type',
    message: `${refused(value)}; write ${wanted(String(params.type), value)}.`,
  }),
  additionalProperties: ({ path, params }) => unknownField(path, String(params.additionalProperty)),
  enum: ({ value, params }) => ({
    code: 'api-server-refuses-value',
    message: `${refused(value)}; write one of ${allowed(params.allowedValues)}.`,
  }),
  minimum: ({ value, params }) => outOfRange(value, `${String(params.limit)} or more`),
  maximum: ({ value, params }) => outOfRange(value, `${String(params.limit)} or less`),
  minItems: ({ params }) => size('at least', params.limit, 'item'),
  maxItems: ({ params }) => size('at most', params.limit, 'item'),
  maxProperties: ({ params }) => size('at most', params.limit, 'field'),
  minLength: ({ params }) => size('at least', params.limit, 'character'),
  pattern: ({ value, params }) => ({
    code: 'api-server-refuses-value',
    message: `${refused(value)}; write a text that fits the pattern ${String(params.pattern)}.`,
  }),
  maxLength: ({ params }) => size('at most', params.limit, 'character'),
};

function anyOther({ value }: Found): Explained {
  return { code: 'api-server-refuses-value', message: `${refused(value)}; see the reference of the field.` };
}

function outOfRange(value: unknown, range: string): Explained {
  return { code: 'api-server-refuses-value', message: `${refused(value)}; write ${range}.` };
}

function size(bound: string, limit: unknown, what: string): Explained {
  const range = `${bound} ${String(limit)}`;
  return {
    code: 'api-server-refuses-value',
    message: `the API server accepts ${range} ${what}${limit === 1 ? '' : 's'} here; write ${range}.`,
  };
}

function allowed(values: unknown): string {
  return (Array.isArray(values) ? values : []).filter((value) => value !== null).join(', ');
}

function wanted(type: string, value: unknown): string {
  const number = typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(value.trim());
  switch (type.split(',')[0]) {
    case 'integer':
      return number ? `${String(value).trim()} without quotes` : 'a whole number';
    case 'number':
      return number ? `${String(value).trim()} without quotes` : 'a number';
    case 'boolean':
      return value === 'true' || value === 'false' ? `${value} without quotes` : 'true or false';
    case 'array':
      return 'a list';
    case 'object':
      return 'an object with fields';
    default:
      return `a text in quotes, for instance "${typeof value === 'object' ? 'a' : String(value)}"`;
  }
}

/** Istio reads `sni_hosts` as well as `sniHosts`; the API server knows the second alone. */
function unknownField(path: Path, field: string): Explained {
  const camelCase = field.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const advice =
    camelCase === field
      ? 'leave it out'
      : `write ${camelCase}: Istio itself would accept ${field}, but never sees it`;
  return {
    code: 'api-server-refuses-field',
    path: [...path, field],
    message: `the API server does not know the field ${quote(field)} here (kubectl refuses it, other clients lose it); ${advice}.`,
  };
}

/** A JSON pointer's way through the document, where indexes and keys look alike. */
function resolve(pointer: string, document: unknown): { path: Path; value: unknown } {
  const path: (string | number)[] = [];
  let value = document;
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    path.push(Array.isArray(value) ? Number(key) : key);
    value = Array.isArray(value) ? value[Number(key)] : isObject(value) ? value[key] : undefined;
  }
  return { path, value };
}
