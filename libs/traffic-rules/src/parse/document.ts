import { checkDocument } from '../api-server/check-document.js';
import { describeValue } from '../fields/describe.js';
import { isObject } from '../fields/object.js';
import type { Problem } from '../fields/problem.js';
import { suggest } from '../fields/suggestion.js';
import type { Issue } from '../issue.js';
import { locationOf } from '../place.js';
import { gatewayApiGroup } from '../resources/gateway-api.js';
import type { Metadata } from '../resources/metadata.js';
import type { Resource } from '../resources/resource.js';
import { lostTls } from './backend-tls-policy.js';
import { type Budget, Cursor } from './cursor.js';
import type { DocumentSource } from './document-source.js';
import { istioGroup, type KnownKind, kinds } from './kinds.js';
import { bareMeshConfig } from './mesh-config-document.js';
import { metadata } from './metadata.js';
import { peekedMetadata } from './pod.js';
import type { TextKind } from './source-file.js';

export interface DecodedDocument {
  /** Absent when the document is of no kind that matters, or its structure has an error. */
  resource?: Resource;
  issues: Issue[];
  /** What the API server refuses: apart, since Istio itself never sees such a document. */
  apiServerIssues: Issue[];
}

/** Turns one document's value into a resource. */
export function decodeDocument(
  value: unknown,
  source: DocumentSource,
  budget: Budget,
  kind: TextKind = 'file',
): DecodedDocument {
  const at = new Cursor(budget, (path) => source.textAt(path));
  const decoded =
    kind === 'mesh-config' && isObject(value) && value.kind === undefined
      ? at.withinBudget(() => bareMeshConfig(value, source, at))
      : decode(value, source, at);
  const located = (problem: Problem): Issue => {
    const place = problem.path === '' ? source : source.locate(problem.path);
    return { ...problem, ...locationOf(place), resource: nameOf(value) };
  };
  const found = {
    issues: at.problems.map(located),
    apiServerIssues: budget.spent ? [] : apiServerProblems(value).map(located),
  };
  return decoded === undefined || at.failed ? found : { resource: decoded, ...found };
}

function apiServerProblems(value: unknown): Problem[] {
  if (!isObject(value) || !isText(value.kind) || !isText(value.apiVersion)) return [];
  return checkDocument(groupOf(value.apiVersion), value.kind, value);
}

function decode(value: unknown, source: DocumentSource, at: Cursor): Resource | undefined {
  if (!isObject(value))
    return at.report(
      'document-not-a-resource',
      `the document is ${describeValue(value)}; write a resource with apiVersion, kind, metadata and spec.`,
    );
  if (!isText(value.kind) || !isText(value.apiVersion))
    return at.report(
      'document-not-a-resource',
      'the document has no apiVersion and kind; write for instance "apiVersion: networking.istio.io/v1" and "kind: VirtualService".',
    );
  const kind = kinds.find(
    (known) => (known.written ?? known.kind) === value.kind && known.group === groupOf(value.apiVersion),
  );
  if (kind === undefined || kind.concerns?.(value) === false)
    return passOver(value, { kind: value.kind, apiVersion: value.apiVersion }, at);
  return at.withinBudget(() => decodeKind(kind, value, source, at));
}

/** Kinds that change where requests go or what becomes of them, by group. */
export const notModelled: Readonly<Record<string, readonly string[]>> = {
  'networking.istio.io': ['EnvoyFilter', 'WorkloadGroup', 'ProxyConfig'],
  'extensions.istio.io': ['WasmPlugin', 'TrafficExtension'],
  'gateway.networking.k8s.io': ['UDPRoute', 'BackendTLSPolicy'],
};

function passOver(
  value: Record<string, unknown>,
  { kind, apiVersion }: { kind: string; apiVersion: string },
  at: Cursor,
): undefined {
  if (notModelled[groupOf(apiVersion)]?.includes(kind) === true)
    return at.report(
      'kind-not-modelled',
      `${kind} (${apiVersion}) ${kind === 'BackendTLSPolicy' ? lostTls(value) : 'takes part in routing, and is passed over here: a cluster may answer otherwise.'}`,
      'warning',
    );
  const meant = meantKind(kind, groupOf(apiVersion));
  if (meant !== undefined)
    return at.report(
      'kind-ignored',
      `there is no ${kind} (${apiVersion}), so the document is ignored. Did you mean kind: ${meant.kind} and apiVersion: ${meant.group}/${meant.versions[0]}?`,
      'warning',
    );
  return at.report('kind-ignored', `${kind} (${apiVersion}) does not affect routing; ignored.`, 'info');
}

/** Groups whose kinds are all known here, so that another one with nearly the name of one of them is a slip. */
const wholeGroups = [istioGroup, gatewayApiGroup];
/** The other kinds of these groups. */
const otherKinds = ['GatewayClass'];

/** The kind that was meant by one that nobody serves: of one of our groups and misspelt, or with nearly the name of its group or none. */
function meantKind(kind: string, group: string): KnownKind | undefined {
  if (otherKinds.includes(kind)) return undefined;
  const ours = kinds.filter((known) => wholeGroups.includes(known.group));
  if (wholeGroups.includes(group)) {
    const own = ours.filter((known) => known.group === group);
    const name = suggest(
      kind,
      own.map((known) => known.kind),
    );
    return own.find((known) => known.kind === name);
  }
  const near = group === '' ? undefined : suggest(group, wholeGroups);
  return ours.find(
    (known) => known.kind.toLowerCase() === kind.toLowerCase() && (group === '' || known.group === near),
  );
}

function decodeKind(
  kind: KnownKind,
  value: Record<string, unknown>,
  source: DocumentSource,
  at: Cursor,
): Resource | undefined {
  const version = String(value.apiVersion).replace(/^.*\//, '');
  if (!kind.versions.includes(version))
    at.within('apiVersion', () =>
      at.report(
        'api-version-unknown',
        `there is no version ${version} of ${value.kind}; write ${apiVersion(kind)}.`,
      ),
    );
  const meta = kind.isPeekedAt
    ? peekedMetadata(value.metadata)
    : at.within('metadata', () => metadata(value.metadata ?? null, at));
  if (meta === undefined) return undefined;
  if (meta.name === '' && !kind.isPeekedAt)
    at.within('metadata', () =>
      at.report('name-missing', 'metadata.name is missing; the API server requires it.', 'warning'),
    );
  return kind.decode({ value, metadata: meta, source }, at);
}

function apiVersion(kind: KnownKind): string {
  return kind.group === '' ? `${kind.versions[0]}` : `${kind.group}/${kind.versions[0]}`;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function groupOf(version: unknown): string {
  const text = String(version);
  return text.includes('/') ? text.slice(0, text.lastIndexOf('/')) : '';
}

/** `VirtualService hello-page/hello-ext-svc`, as far as the document tells. */
function nameOf(value: unknown): string {
  if (!isObject(value) || typeof value.kind !== 'string') return '';
  const { name, namespace } = (isObject(value.metadata) ? value.metadata : {}) as Partial<
    Record<keyof Metadata, unknown>
  >;
  const where = typeof namespace === 'string' && namespace !== '' ? namespace : 'default';
  return `${value.kind} ${where}/${typeof name === 'string' ? name : ''}`;
}
