import { setTimeout as delay } from 'node:timers/promises';
import { ApiError } from '@grayscale/cluster-client';
import { type Answer, type Case, type CaseRequest, gatewayFixture, outside } from '../src/cases.ts';
import type { Lab } from '../src/lab-servers.ts';
import { toAnswer, whoAnswered } from './answers.ts';
import type { CaseObject } from './objects.ts';
import { documents, type RealMesh } from './real-mesh.ts';
import { send } from './requests.ts';

/** What the real ones made of a case. */
export interface Recording {
  /** Envoy's reasons for refusing what istiod made of the rules. */
  readonly refused: readonly string[];
  /** The API server's reasons for refusing documents. */
  readonly errors: readonly string[];
  /** Of each route of the Gateway API, for each parent. */
  readonly conditions: Readonly<Record<string, ReadonlyArray<Record<string, string>>>>;
  /** One for each request. */
  readonly answers: ReadonlyArray<Partial<Answer>>;
}

/** How many requests of a repeated one are in flight at once. */
const concurrency = 8;

/** Between objects whose age is to differ, in milliseconds: a creation timestamp has seconds. */
const oneSecondMs = 1100;

/** Puts a case to the real ones, and takes it back. */
export class Recorder {
  readonly #mesh: RealMesh;
  readonly #backends: Lab;
  #sentinels = 0;

  /** @param backends at the addresses of the recordings */
  constructor(mesh: RealMesh, backends: Lab) {
    this.#mesh = mesh;
    this.#backends = backends;
  }

  /** @throws Error when istiod's rules do not arrive at the proxy */
  async record(given: Case): Promise<Recording> {
    const proxy = given.proxy ?? 'sidecar';
    const since = this.#mesh.said(proxy);
    await this.#mesh.configure(given.mesh);
    const { created, errors } = await this.#create(given);
    const sentinels: CaseObject[] = [];
    try {
      sentinels.push(...(await this.#settle(given.proxy)));
      const answers: Array<Partial<Answer>> = [];
      for (const { request } of given.exchanges) answers.push(await this.#ask(request, given.proxy));
      const conditions = await this.#conditions(created);
      return { refused: this.#mesh.refusals(proxy, since), errors, conditions, answers };
    } finally {
      for (const object of [...sentinels, ...created.reverse()]) await this.#mesh.objects.remove(object);
    }
  }

  async #create(given: Case): Promise<{ created: CaseObject[]; errors: string[] }> {
    const created: CaseObject[] = [];
    const errors: string[] = [];
    const base =
      given.proxy === 'gateway'
        ? documents(gatewayFixture).filter(({ kind }) => !kind.startsWith('ClusterRole'))
        : [];
    for (const object of base) await this.#mesh.objects.create(object).then(() => created.push(object));
    // Without steps all objects are equally old: they are created at the beginning of a second.
    if (!given.steps) await delay(1000 - (Date.now() % 1000));
    for (const object of documents(given.config)) {
      if (given.steps) await delay(oneSecondMs);
      try {
        await this.#mesh.objects.create(object);
        created.push(object);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        errors.push(error.message);
      }
    }
    return { created, errors };
  }

  /** Rules that were created after the case's, on a port of their own: when they answer, the others are in force. */
  async #settle(proxy: Case['proxy']): Promise<CaseObject[]> {
    const name = `sentinel-${++this.#sentinels}`;
    const objects = sentinel(name, proxy);
    for (const object of objects) await this.#mesh.objects.create(object);
    const request = { ...requestTo(`${name}.test`), port: sentinelPort };
    for (let attempt = 0; attempt < 600; attempt++) {
      const came = await send(request, proxy);
      if ('body' in came && came.body === name) {
        // Endpoints come last.
        await delay(250);
        return objects;
      }
      await delay(25);
    }
    throw new Error(`The rules have not arrived at the ${proxy ?? 'sidecar'}`);
  }

  async #ask(request: CaseRequest, proxy: Case['proxy']): Promise<Partial<Answer>> {
    await delay(request.wait * 1000);
    this.#backends.forget();
    const answer =
      request.repeat > 1 ? await tally(request, proxy) : toAnswer(await send(request, proxy), request);
    if (!request.count) return answer;
    // A mirrored copy may still be on its way.
    await delay(200);
    return { ...answer, attempts: this.#backends.attempts() };
  }

  async #conditions(created: readonly CaseObject[]): Promise<Recording['conditions']> {
    const conditions: Record<string, Array<Record<string, string>>> = {};
    for (const object of created) {
      const { kind, metadata } = object;
      if (!hasRouteStatus(kind)) continue;
      const { status } = await this.#mesh.objects.read<CaseObject & { status?: RouteStatus }>(object);
      conditions[`${metadata.namespace}/${metadata.name}`] = (status?.parents ?? []).map(
        ({ parentRef, conditions }) => ({
          parent: parentRef.name,
          ...Object.fromEntries(conditions.map(({ type, status, reason }) => [type, `${status} ${reason}`])),
        }),
      );
    }
    return conditions;
  }
}

/** Whether istiod writes what became of the object into its status, parent by parent. */
function hasRouteStatus(kind: string): boolean {
  return ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute'].includes(kind);
}

interface RouteStatus {
  parents: Array<{
    parentRef: { name: string };
    conditions: Array<{ type: string; status: string; reason: string }>;
  }>;
}

async function tally(request: CaseRequest, proxy: Case['proxy']): Promise<Partial<Answer>> {
  const counts: Record<string, number> = {};
  let left = request.repeat;
  const work = async () => {
    while (left-- > 0) {
      const who = whoAnswered(await send(request, proxy));
      counts[who] = (counts[who] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return { tally: counts };
}

const sentinelPort = 61234;
const api = 'networking.istio.io/v1';

function sentinel(name: string, proxy: Case['proxy']): CaseObject[] {
  const host = `${name}.test`;
  const metadata = { name, namespace: 'sentinel' };
  const port = { number: sentinelPort, name: 'http', protocol: 'HTTP' };
  const http = [{ directResponse: { status: 200, body: { string: name } } }];
  const rule = (spec: object): CaseObject => ({
    apiVersion: api,
    kind: 'VirtualService',
    metadata,
    spec: { hosts: [host], http, ...spec },
  });
  if (proxy === 'gateway') {
    const spec = { selector: { istio: 'ingressgateway' }, servers: [{ port, hosts: [host] }] };
    return [{ apiVersion: api, kind: 'Gateway', metadata, spec }, rule({ gateways: [name] })];
  }
  const spec = {
    hosts: [host],
    ports: [port],
    resolution: 'STATIC',
    endpoints: [{ address: outside }],
  };
  return [{ apiVersion: api, kind: 'ServiceEntry', metadata, spec }, rule({})];
}

function requestTo(host: string): CaseRequest {
  return {
    method: 'GET',
    host,
    port: 80,
    path: '/',
    headers: [],
    repeat: 1,
    count: false,
    wait: 0,
    allHeaders: false,
  };
}
