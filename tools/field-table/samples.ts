import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { RequestText, Sample } from './experiment.ts';

/** What a sample says in its file. */
interface WrittenSample {
  document: Rule;
  beside?: object[];
  requests?: RequestText[];
  /** Of a DestinationRule: to be tried at each place that may have one. */
  trafficPolicy?: object;
  /** Whether a port may have it. Default: true. */
  ofPorts?: boolean;
  isRefused?: boolean;
}

interface Rule {
  spec: object;
}

const folder = new URL('./samples/', import.meta.url);

/** YAML of the documents that stand beside every sample. */
export const others: string = readFileSync(new URL('others.yaml', folder), 'utf8');

/** Why a field that has no effect has none: by kind, then by field or by what it is a part of. */
export const reasons: Readonly<Record<string, Readonly<Record<string, string>>>> = parse(
  readFileSync(new URL('without-effect.yaml', folder), 'utf8'),
);

/** @param name of the file, without its ending */
export function samplesOf(name: string): Sample[] {
  const written = parse(readFileSync(new URL(`${name}.yaml`, folder), 'utf8')) as WrittenSample[];
  return written.flatMap(({ document, trafficPolicy, ofPorts = true, ...rest }) => {
    const { beside = [], requests = [], isRefused = false } = rest;
    const documents = trafficPolicy === undefined ? [document] : withPolicy(document, trafficPolicy, ofPorts);
    return documents.map((one) => ({ document: one, beside, requests, isRefused }));
  });
}

/** The rule with the policy for its host, for a subset, and for a port of either. */
function withPolicy(rule: Rule, policy: object, ofPorts: boolean): Rule[] {
  const ofPort = { portLevelSettings: [{ port: { number: 80 }, ...policy }] };
  return (ofPorts ? [policy, ofPort] : [policy]).flatMap((trafficPolicy) => [
    { ...rule, spec: { ...rule.spec, trafficPolicy } },
    { ...rule, spec: { ...rule.spec, subsets: [{ name: 'v1', labels: { version: 'v1' }, trafficPolicy }] } },
  ]);
}
