import { readFileSync } from 'node:fs';
import { gatewayCelSamples } from '../../test/gateway-cel-samples.js';
import { parse } from '../parse/parse.js';
import { celRules } from './cel-rules.js';
import type { Constraints } from './kind-schema.js';
import { kindSchemas } from './schemas.generated.js';

interface Schema {
  type?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  additionalProperties?: Schema;
  enum?: string[];
  format?: string;
}

const file = new URL('../../schemas/istio.json', import.meta.url);
const { kinds } = JSON.parse(readFileSync(file, 'utf8')) as {
  kinds: Record<string, { properties: { spec: Schema } }>;
};
const read = ['VirtualService', 'ServiceEntry', 'DestinationRule', 'Gateway'];

function everyConstraint(constraints: Constraints): Constraints[] {
  const below = [...Object.values(constraints.fields ?? {}), ...(constraints.each ? [constraints.each] : [])];
  return [constraints, ...below.flatMap(everyConstraint)];
}

const allConstraints = Object.values(kindSchemas).flatMap(({ constraints }) => everyConstraint(constraints));

/** A document for every field of a schema: what leads to it, and some value. */
function* samples(schema: Schema): Generator<unknown> {
  if (schema.properties !== undefined)
    for (const [name, property] of Object.entries(schema.properties))
      for (const value of samples(property)) yield { [name]: value };
  else if (schema.items !== undefined) for (const value of samples(schema.items)) yield [value];
  else if (schema.additionalProperties?.type !== undefined)
    for (const value of samples(schema.additionalProperties)) yield { a: value };
  else yield scalar(schema);
}

function scalar({ type, enum: values }: Schema): unknown {
  if (values?.[0] !== undefined) return values[0];
  return { integer: 1, number: 1, boolean: true, object: {} }[type ?? ''] ?? '1s';
}

const issuesOf = (kind: string, spec: unknown) =>
  parse(
    JSON.stringify({ apiVersion: 'networking.istio.io/v1', kind, metadata: { name: 'a' }, spec }),
    'a.json',
  );

describe('the schemas of Istio’s CRDs', () => {
  it.each(read)('have no field of a %s that the reader does not know', (kind) => {
    const spec = kinds[kind]?.properties.spec ?? {};
    const unknown = [...samples(spec)].filter((sample) =>
      issuesOf(kind, sample).issues.some(({ code }) => code === 'field-unknown'),
    );
    expect(unknown).toEqual([]);
  });

  it.each(read)('agree with the reader of a %s on the types', (kind) => {
    const spec = kinds[kind]?.properties.spec ?? {};
    const refused = [...samples(spec)].flatMap((sample) =>
      issuesOf(kind, sample)
        .issues.filter(({ severity, path }) => severity === 'error' && !path.endsWith('.bytes'))
        .map(({ message }) => `${JSON.stringify(sample)}: ${message}`),
    );
    expect(refused).toEqual([]);
  });

  it('have no CEL rule without a reading of ours, and there is no reading without a rule', () => {
    const written = allConstraints.flatMap(({ rules = [] }) => rules.map(({ rule }) => rule));
    expect(Object.keys(celRules).sort()).toEqual([...new Set(written)].sort());
  });
});

/** For each rule a value that breaks it and one that holds; CEL looks at values of the right type only. */
const ruleSamples: Record<string, readonly [breaks: unknown, holds: unknown]> = {
  ...gatewayCelSamples,
  "duration(self) >= duration('1ms')": ['500us', '1ms'],
  '0 < self && self <= 65535': [65_536, 65_535],
  'self != "*"': ['*', '*.a'],
  '!self.contains("*")': ['a*', 'a'],
  'self.all(key, !key.contains("*"))': [{ 'a*': 'b' }, { a: '*' }],
  'self.all(key, key.size() != 0)': [{ '': 'a' }, {}],
  'self.all(key, size(key) < 63 && key.matches("^[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?$"))': [
    { ['a'.repeat(63)]: 1 },
    { ['a'.repeat(62)]: 1 },
  ],
  'self.all(l1, self.exists_one(l2, l1.number == l2.number))': [
    [{ number: 1 }, { number: 1 }],
    [{ number: 1 }, { number: 2 }],
  ],
  'has(self.address) || has(self.network)': [{ address: null }, { network: 'a' }],
  '(has(self.address) ? self.address : "").startsWith("unix://") ? !has(self.ports) : true': [
    { address: 'unix:///a', ports: { http: 1 } },
    { address: '10.0.0.1', ports: { http: 1 } },
  ],
  'self.startsWith("unix://") ? (self.substring(7, 8) == "/" || self.substring(7, 8) == "@") : true': [
    'unix://a',
    'unix://@a',
  ],
  'self.startsWith("unix://") ? !self.endsWith("/") : true': ['unix:///a/', '/a/'],
  '(has(self.workloadSelector) ? 1 : 0) + (has(self.endpoints) ? 1 : 0) <= 1': [
    { workloadSelector: {}, endpoints: [] },
    { workloadSelector: {}, endpoints: null },
  ],
  '!((has(self.addresses) ? self.addresses : []).exists(k, k.contains("/")) && !((has(self.resolution) ? self.resolution : "NONE") in ["STATIC", "NONE"]))':
    [
      { addresses: ['10.0.0.0/8'], resolution: 'DNS' },
      { addresses: ['10.0.0.0/8'], resolution: 'STATIC' },
    ],
  '((has(self.resolution) ? self.resolution : "NONE") == "NONE") ? !has(self.endpoints) : true': [
    { endpoints: [] },
    { endpoints: [], resolution: 'STATIC' },
  ],
  '((has(self.resolution) ? self.resolution : "") == "DNS_ROUND_ROBIN") ? ((has(self.endpoints) ? self.endpoints : []).size() <= 1) : true':
    [
      { endpoints: [{}, {}], resolution: 'DNS_ROUND_ROBIN' },
      { endpoints: [{}, {}], resolution: 'DNS' },
    ],
  '(has(self.tlsCertificates) ? 1 : 0) + (has(self.credentialNames) ? 1 : 0) <= 1': [
    { tlsCertificates: [], credentialNames: [] },
    { tlsCertificates: [] },
  ],
  '(has(self.credentialName) ? 1 : 0) + (has(self.credentialNames) ? 1 : 0) <= 1': [
    { credentialName: 'a', credentialNames: [] },
    { credentialName: 'a' },
  ],
  '(has(self.credentialNames) ? 1 : 0) + (has(self.tlsCertificates) ? 1 : 0) <= 1': [
    { credentialNames: [], tlsCertificates: [] },
    { credentialNames: [] },
  ],
};

describe('our reading of the CEL rules', () => {
  it.each(Object.entries(celRules))('%s', (rule, { holds, advice }) => {
    const [breaks, keeps] = ruleSamples[rule] ?? [];
    expect([holds(breaks), holds(keeps)]).toEqual([false, true]);
    expect(advice).toMatch(/^(write|keep|leave)/);
  });

  it('leaves values of other types to the schema', () => {
    for (const { holds } of Object.values(celRules))
      for (const value of [null, undefined, true, [], [null], Number.NaN])
        expect(() => holds(value)).not.toThrow();
  });
});
