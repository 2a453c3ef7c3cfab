import { targetFields } from '../plan/named-object.js';
import { planApiVersion, planGroup, planKind } from '../plan/plan.js';
import type { Schema } from '../plan/reader.js';
import { planShape } from '../plan/shape.js';
import { guardTests } from '../report/report.js';
import { objectRules, specAdditions } from './rules.js';
import { conditionTypes } from './status.js';
import { structuralSchema } from './structural-schema.js';

/** Its place in the API: `kubectl get grayreleases`. */
export const planPlural = 'grayreleases';

/** The CustomResourceDefinition of a plan: its spec is made of what reads plans, so that a file and a cluster take the same ones. */
export function planDefinition(): object {
  const [, version] = planApiVersion.split('/');
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${planPlural}.${planGroup}`,
      labels: { 'app.kubernetes.io/part-of': 'grayscale' },
    },
    spec: {
      group: planGroup,
      scope: 'Namespaced',
      names: {
        kind: planKind,
        listKind: `${planKind}List`,
        plural: planPlural,
        singular: planKind.toLowerCase(),
        shortNames: ['gr'],
      },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: objectSchema() },
          subresources: { status: {} },
          additionalPrinterColumns: columns,
        },
      ],
    },
  };
}

const columns = [
  {
    name: 'Step',
    type: 'string',
    jsonPath: '.status.progress',
    description: 'the step in force, of how many',
  },
  { name: 'Percent', type: 'number', jsonPath: '.status.percent', description: 'the canary’s share' },
  { name: 'Phase', type: 'string', jsonPath: '.status.phase' },
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  { name: 'Message', type: 'string', jsonPath: '.status.message', priority: 1 },
];

function objectSchema(): Schema {
  const { description, properties } = planShape.schema as {
    description: string;
    properties: { spec: Schema };
  };
  return {
    type: 'object',
    description,
    required: ['spec'],
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object' },
      spec: structuralSchema(properties.spec, specAdditions, 'spec'),
      status: statusSchema,
    },
    ...objectRules,
  };
}

const text = { type: 'string' };
const whole = { type: 'integer', format: 'int64' };
const number = { type: 'number' };
const list = (properties: Schema, required: string[]): Schema => ({
  type: 'array',
  items: { type: 'object', properties, required },
});

const statusSchema: Schema = {
  type: 'object',
  description: 'where the release stands; written by whoever carries it out',
  properties: {
    observedGeneration: whole,
    phase: { type: 'string', description: 'Progressing, Paused, Healthy or Degraded' },
    message: text,
    running: { type: 'boolean', description: 'the targets cannot be changed while it is true' },
    run: { ...whole, description: 'counts the executions of the plan, from 1' },
    progress: text,
    targetsHash: { ...text, description: 'of the targets of the last run; other ones are another release' },
    percent: { ...number, description: 'the canary’s share that was written last' },
    startedAt: { type: 'string', format: 'date-time' },
    targets: list(
      {
        ...Object.fromEntries(targetFields.map((field) => [field, text])),
        stable: text,
        canary: text,
        percent: number,
      },
      ['stable', 'canary', 'percent'],
    ),
    guards: list(
      {
        name: text,
        test: { ...text, description: `one of the tests of the guard: ${guardTests.join(', ')}` },
        evidence: { ...number, description: 'against the canary' },
        needed: { ...number, description: 'the evidence at which the release is aborted' },
        message: text,
      },
      ['name'],
    ),
    conditions: {
      ...list(
        {
          type: { ...text, description: conditionTypes.join(', ') },
          status: { type: 'string', enum: ['True', 'False', 'Unknown'] },
          lastTransitionTime: { type: 'string', format: 'date-time' },
          reason: text,
          message: text,
          observedGeneration: whole,
        },
        ['type', 'status', 'lastTransitionTime', 'reason', 'message'],
      ),
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['type'],
    },
    record: {
      type: 'string',
      description:
        'what the release knows, from one decision to the next: JSON, gzip, Base64; not to be edited; grayscale history shows it',
    },
  },
};
