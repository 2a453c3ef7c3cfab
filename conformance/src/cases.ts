import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** Names and values in the order sent; a name may repeat. Values are bytes read as Latin-1. */
export type Headers = ReadonlyArray<readonly [name: string, value: string]>;

/** A recorded case: rules, and what a real sidecar made of requests under them. */
export interface Case {
  id: string;
  about: string;
  /** False: Istio refuses the rules, so the exchanges have no answers. */
  valid: boolean;
  /** YAML, applied on top of {@link fixture}. */
  config: string;
  exchanges: readonly Exchange[];
}

export interface Exchange {
  request: CaseRequest;
  /** Absent where the rules are refused. */
  answer?: Answer;
}

export interface CaseRequest {
  method: string;
  /** The Host header as sent. */
  host: string;
  /** The port dialled. */
  port: number;
  path: string;
  headers: Headers;
  body?: string;
  /** How often the request was sent. */
  repeat: number;
  /** The backends counted the attempts that reached them. */
  count: boolean;
}

export interface Answer {
  /** Absent where the request was repeated. */
  status?: number;
  /** Who answered, as `hello-1:8080`; absent where the proxy did itself. */
  backend?: string;
  upstream?: { method: string; path: string; host: string; headers: Headers; body?: string };
  body?: string;
  /** What a rule or the proxy set. */
  headers: Headers;
  /** Who answered a repeated request how often: a backend, or `status 503`. */
  tally?: Readonly<Record<string, number>>;
  attempt?: number;
  attempts?: Readonly<Record<string, number>>;
  /** A lower bound, roughly, of how long the answer took. */
  ms?: number;
}

const folder = new URL('../', import.meta.url);

/** The Services and EndpointSlices under every case. */
export const fixture: string = read('fixture.yaml');

/** Backends by the addresses of the fixture; `dead` refuses connections, `outside` is where foreign names lead. */
export const backends: Readonly<Record<string, string>> = {
  '10.200.0.11': 'hello-1',
  '10.200.0.12': 'hello-2',
  '10.200.0.13': 'multi',
  '10.200.0.14': 'dead',
  '10.200.0.15': 'neighbour',
  '10.200.0.16': 'web',
  '10.200.0.17': 'v1',
  '10.200.0.18': 'v2',
  '10.200.0.19': 'ext',
  '10.200.0.20': 'outside',
};

/** All of `traffic/`, by name. */
export function loadCases(): Case[] {
  return readdirSync(new URL('traffic/', folder))
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => toCase(parse(read(`traffic/${name}`)) as RawCase));
}

/** A file of this folder. */
export function read(name: string): string {
  return readFileSync(new URL(name, folder), 'utf8');
}

type RawCase = Omit<Case, 'exchanges'> & {
  exchanges: Array<{
    request: Omit<CaseRequest, 'headers' | 'repeat' | 'count'> & Partial<CaseRequest>;
    answer?: Omit<Answer, 'headers'> & Partial<Answer>;
  }>;
};

function toCase({ exchanges, ...rest }: RawCase): Case {
  return {
    ...rest,
    exchanges: exchanges.map(({ request, answer }) => ({
      request: { headers: [], repeat: 1, count: false, ...request },
      ...(answer !== undefined && { answer: toAnswer(answer) }),
    })),
  };
}

function toAnswer({ upstream, ...answer }: NonNullable<RawCase['exchanges'][number]['answer']>): Answer {
  if (upstream === undefined) return { headers: [], ...answer };
  const headers = upstream.headers.map(([name, value]) => [name, readOnce(value)] as const);
  return { headers: [], ...answer, upstream: { ...upstream, headers } };
}

/** What a backend echoed was read as Latin-1 twice on its way into the recording; bytes are wanted, read once. */
function readOnce(value: string): string {
  const decoded = Buffer.from(value, 'latin1').toString('utf8');
  return decoded.includes('\ufffd') ? value : decoded;
}
