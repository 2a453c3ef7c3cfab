// Compiles the schemas of CRDs (libs/traffic-rules/schemas) to functions, so that check need not load a schema compiler. Part of the
// build; what it writes is not in the repository.
import { readFileSync, writeFileSync } from 'node:fs';
import Ajv from 'ajv';
import standaloneCode from 'ajv/dist/standalone/index.js';

const sources = ['istio', 'gateway-api'].map(
  (name) => new URL(`../libs/traffic-rules/schemas/${name}.json`, import.meta.url),
);
const target = new URL('../libs/traffic-rules/src/api-server/schemas.generated.ts', import.meta.url);

const text = { type: 'string', nullable: true };
const texts = { type: 'object', nullable: true, additionalProperties: { type: 'string' } };
/** Kubernetes' own fields, as far as people write them. */
const metadata = {
  type: 'object',
  nullable: true,
  additionalProperties: false,
  properties: {
    ...{ name: text, namespace: text, generateName: text, labels: texts, annotations: texts },
    ...{
      selfLink: {},
      uid: {},
      resourceVersion: {},
      generation: {},
      creationTimestamp: {},
      deletionTimestamp: {},
    },
    ...{ deletionGracePeriodSeconds: {}, ownerReferences: {}, finalizers: {}, managedFields: {} },
  },
};
const kept = [
  ...['type', 'minimum', 'maximum', 'minItems', 'maxItems', 'minLength', 'maxLength', 'pattern'],
  'maxProperties',
];

/** Turns a CRD's schema into what is checked in two ways: a JSON schema for ajv, and a tree of constraints. */
class Compiler {
  definitions = {};
  names = new Map();

  /** @returns the JSON schema of a whole document, and the constraints on it */
  compile(id, { required, properties }) {
    const { schema, constraints } = this.convert(properties.spec);
    const root = { ...(required && { required }), fields: { spec: constraints } };
    const fields = { apiVersion: {}, kind: {}, status: {}, metadata, spec: schema };
    return {
      schema: { $id: id, type: 'object', additionalProperties: false, properties: fields },
      constraints: root,
    };
  }

  convert(schema, isItem = false) {
    const rules = (schema['x-kubernetes-validations'] ?? []).map(({ rule, message }) => ({ rule, message }));
    const isSlow = slowPatterns.includes(schema.pattern);
    if (isSlow)
      rules.push({ rule: `self matches ${schema.pattern}`, message: 'a name that it does not allow' });
    const isAddress = JSON.stringify(schema.oneOf) === ipAddressFormat;
    if (isAddress) rules.push({ rule: ipAddressRule, message: 'the value of an IPAddress has to be one' });
    const choices = isAddress ? [] : alternatives(schema);
    // What has a default is there when the API server looks at it.
    const required = schema.required?.filter((name) => schema.properties?.[name]?.default === undefined);
    const constraints = {
      ...(required?.length > 0 && { required }),
      ...(choices.length > 0 && { alternatives: choices }),
      ...(rules.length > 0 && { rules }),
      ...(schema['x-kubernetes-list-type'] === 'set' && { set: true }),
      ...(schema.format === 'byte' && { base64: true }),
      ...(schema['x-kubernetes-list-map-keys'] && { keys: schema['x-kubernetes-list-map-keys'] }),
    };
    // The API server drops null fields, not null items, before it looks at the schema (apiextensions-apiserver,
    // PruneNonNullableNullsWithoutDefaults).
    const converted = { ...(schema.type && !isItem && { nullable: true }) };
    for (const keyword of kept) if (schema[keyword] !== undefined) converted[keyword] = schema[keyword];
    if (isSlow) delete converted.pattern;
    if (schema.enum) converted.enum = isItem ? schema.enum : [...schema.enum, null];
    const each = schema.items ?? (schema.properties === undefined && schema.additionalProperties);
    if (each) {
      const part = this.convert(each, schema.items !== undefined);
      converted[schema.items ? 'items' : 'additionalProperties'] = part.schema;
      if (part.constraints) constraints.each = part.constraints;
    }
    if (schema.properties) this.convertFields(schema.properties, converted, constraints);
    const isFree = Object.keys(constraints).length === 0;
    return { schema: this.shared(converted), constraints: isFree ? undefined : constraints };
  }

  convertFields(properties, converted, constraints) {
    const parts = Object.entries(properties).map(([name, property]) => [name, this.convert(property)]);
    converted.additionalProperties = false;
    converted.properties = Object.fromEntries(parts.map(([name, { schema }]) => [name, schema]));
    const constrained = parts.filter(([, part]) => part.constraints !== undefined);
    if (constrained.length > 0)
      constraints.fields = Object.fromEntries(constrained.map(([name, part]) => [name, part.constraints]));
  }

  /** The same part again becomes a reference: traffic policies are written out four times in a DestinationRule. */
  shared(schema) {
    const text = JSON.stringify(schema);
    if (text.length < 30) return schema;
    const name = this.names.get(text) ?? `part${this.names.size}`;
    this.names.set(text, name);
    this.definitions[name] = schema;
    return { $ref: `shared#/$defs/${name}` };
  }
}

/** Of a Gateway's address, the one thing that the Gateway API says by `oneOf` and that is not a choice of fields. */
const ipAddressFormat =
  '[{"properties":{"type":{"enum":["IPAddress"]},"value":{"anyOf":[{"format":"ipv4"},{"format":"ipv6"}]}}},{"properties":{"type":{"not":{"enum":["IPAddress"]}}}}]';
/** Patterns that take more than linear time: they are read by hand, as the rules in CEL are. */
const slowPatterns = [
  "^Hostname|IPAddress|NamedAddress|[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\\/[A-Za-z0-9\\/\\-._~%!$&'()*+,;=:]+$",
  '^[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?$|[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\\/[A-Za-z0-9]+$',
];

const ipAddressRule = "self.type == 'IPAddress' ? isIP(self.value) : true";

/** Fields of which one may be written: protobuf's oneof, as the CRDs spell it. */
function alternatives({ oneOf, anyOf, allOf }) {
  const groups = [oneOf, ...(allOf ?? []).map((part) => part.oneOf)].filter((group) => group !== undefined);
  if (anyOf !== undefined || groups.some((group) => !isChoice(group)))
    throw new Error(`not a choice of fields: ${JSON.stringify({ oneOf, anyOf, allOf })}`);
  return groups.map((group) => group.slice(1).map(({ required }) => required[0]));
}

function isChoice([none, ...some]) {
  return none.not?.anyOf?.length === some.length && some.every(({ required }) => required?.length === 1);
}

const compiler = new Compiler();
const crds = sources.map((source) => JSON.parse(readFileSync(source, 'utf8')));
const compiled = crds.flatMap(({ group, kinds }) =>
  Object.entries(kinds).map(([kind, root]) => {
    // A name of JavaScript's for the function: two groups have a kind called Gateway.
    const id = `${group === 'networking.istio.io' ? 'istio' : 'gatewayApi'}${kind}`;
    return { id, key: `${group}/${kind}`, ...compiler.compile(id, root) };
  }),
);
const versions = crds.map(({ group, version }) => `${group} ${version}`).join(', ');
const ajv = new Ajv({
  strict: true,
  allErrors: true,
  messages: false,
  // Bytes of UTF-16 are near enough, and ajv itself is not needed at run time.
  unicode: false,
  logger: false,
  inlineRefs: false,
  allowUnionTypes: true,
  code: { source: true, esm: true, lines: false },
});
ajv.addSchema({ $id: 'shared', $defs: compiler.definitions });
for (const { schema } of compiled) ajv.addSchema(schema);
const code = standaloneCode(ajv, Object.fromEntries(compiled.map(({ id }) => [id, id])));
const compiledText = `// @ts-nocheck
// Made by tools/compile-schemas.js from the CRDs of ${versions}; do not edit.
import type { KindSchema } from './kind-schema.js';
${withGrowingLists(withLiterals(code)).replace(/^"use strict";/, '')}
function grown(errors, more) {
  for (const error of more) errors.push(error);
  return errors;
}
export const kindSchemas: Readonly<Record<string, KindSchema>> = {
${compiled.map(({ id, key, constraints }) => `  ${JSON.stringify(key)}: { validate: ${id}, constraints: ${JSON.stringify(constraints)} },`).join('\n')}
};
`;
if (read(target) !== compiledText) writeFileSync(target, compiledText);

/** Patterns as literals, so that they are looked at as those of our own code are. */
function withLiterals(text) {
  return text.replace(
    /new RegExp\(("(?:[^"\\]|\\.)*"), "(u?)"\)/g,
    (_, pattern, flags) => `/${JSON.parse(pattern).replace(/\\\/|\//g, '\\/')}/${flags}`,
  );
}

/** ajv's code makes the list of errors anew at each part that has one, which takes time by the square of their number. */
function withGrowingLists(text) {
  const growing = text.replace(/vErrors\.concat\((validate\d+\.errors)\)/g, 'grown(vErrors, $1)');
  if (growing === text || growing.includes('.concat('))
    throw new Error('ajv writes its list of errors in another way now: look whether that takes linear time');
  return growing;
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
