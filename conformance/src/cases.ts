import { readdirSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { parse } from 'yaml';

/** Names and values in the order sent; a name may repeat. Values are bytes read as Latin-1. */
export type Headers = ReadonlyArray<readonly [name: string, value: string]>;

/** A recorded case: rules, and what a real sidecar made of requests under them. */
export interface Case {
  /** The folder that it is in. */
  area: Area;
  id: string;
  about: string;
  /** False: Istio refuses the rules, so the exchanges have no answers. */
  valid: boolean;
  /** YAML, applied on top of {@link fixture}. */
  config: string;
  /** Istio let the rules through, and Envoy refused what istiod made of them: its reasons. The answers are those without the rules. */
  refused?: readonly string[];
  /** Who was asked: a gateway instead of the sidecar of hello-page. */
  proxy?: 'gateway';
  /** The documents were created in this order, more than a second apart; without it they are equally old. */
  steps?: boolean;
  /** MeshConfig beside `outboundTrafficPolicy: ALLOW_ANY`, as YAML. */
  mesh?: string;
  exchanges: readonly Exchange[];
}

/** What a folder of recordings is about; see README.md. */
export const areas = ['traffic', 'http', 'tcp', 'scope', 'gateways', 'gwapi', 'httproute'] as const;
export type Area = (typeof areas)[number];

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
  /** The IP address dialled, where it is not that of `outside`. */
  address?: string;
  path: string;
  headers: Headers;
  body?: string;
  /** How often the request was sent. */
  repeat: number;
  /** The backends counted the attempts that reached them. */
  count: boolean;
  /** These bytes were sent as they are, instead of all that the other fields say. */
  raw?: string;
  /** Seconds that passed before it. */
  wait: number;
  /** The client spoke TLS, and asked for this name; null: for none. */
  tls?: { sni: string | null };
  /** Whose sidecar was asked, in a case of a gateway. */
  from?: 'sidecar';
  /** The answer has every header, those of a hop included; `<any>` stands for a value that changes. */
  allHeaders: boolean;
}

export interface Answer {
  /** Absent where the request was repeated. */
  status?: number;
  /** Who answered, as `hello-1:8080`; absent where the proxy did itself. */
  backend?: string;
  upstream?: {
    method: string;
    path: string;
    host: string;
    headers: Headers;
    body?: string;
    tls?: UpstreamTls;
  };
  body?: string;
  /** Whose certificate a gateway showed. */
  certificate?: string;
  /** What a rule or the proxy set. */
  headers: Headers;
  /** Who answered a repeated request how often: a backend, or `status 503`. */
  tally?: Readonly<Record<string, number>>;
  attempt?: number;
  attempts?: Readonly<Record<string, number>>;
  /** A lower bound, roughly, of how long the answer took. */
  ms?: number;
  /** All that came back to `raw` within a second of silence. */
  data?: string;
  /** Whether the connection was ended by then. */
  closed?: boolean;
  /** There was no answer: `connection closed`, `no answer` within 20 s. */
  error?: string;
  /** What the backend was spoken to in, where it was not HTTP/1.1. */
  protocol?: string;
}

/** What the backend saw of the TLS that it was spoken to in. */
export interface UpstreamTls {
  sni: string | null;
  alpn: string | null;
}

/** Headers that a sidecar adds and a proxy on a laptop does not: they are of Istio's telemetry. */
export const ofSidecarsAlone: ReadonlySet<string> = new Set(['x-envoy-decorator-operation']);

const folder = new URL('../', import.meta.url);

/** The Services and EndpointSlices under every case. */
export const fixture: string = read('fixture.yaml');

/** The Service of the gateway, in its cases. */
export const gatewayFixture: string = read('fixture-gateway.yaml');

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

/** Where every name leads that the recordings' own resolver was asked for. */
export const outside = '10.200.0.20';

/** The address that the recordings' own resolver has for a name; an address stays. */
export function resolved(host: string): string {
  return isIP(host) === 0 ? outside : host;
}

/** Every case, by area and name. */
export function loadCases(): Case[] {
  return caseFiles().map(({ area, text }) => parseCase(area, text));
}

/** The files of all cases, by area and name. */
export function caseFiles(): Array<{ area: Area; text: string }> {
  return areas.flatMap((area) =>
    readdirSync(new URL(`${area}/`, folder))
      .filter((name) => name.endsWith('.yaml'))
      .sort()
      .map((name) => ({ area, text: read(`${area}/${name}`) })),
  );
}

/** A case by its file's text. */
export function parseCase(area: Area, text: string): Case {
  return toCase(area, parse(text) as RawCase);
}

/**
 * Whether the exchanges are answered by the case's rules. What Envoy refused of a Secret left the rules as they are; a listener that it
 * refused at a gateway is one that the rules come to without: nobody listens.
 */
export function isInForce({ valid, refused = [], proxy }: Case): boolean {
  const left = proxy === 'gateway' ? /^(?:Secret|Listener): / : /^Secret: /;
  return valid && refused.every((reason) => left.test(reason));
}

/** A file of this folder. */
export function read(name: string): string {
  return readFileSync(new URL(name, folder), 'utf8');
}

type RawCase = Omit<Case, 'area' | 'exchanges'> & {
  exchanges: Array<{
    request: Partial<CaseRequest> & Pick<CaseRequest, 'port'>;
    answer?: Omit<Answer, 'headers'> & Partial<Answer>;
  }>;
};

function toCase(area: Area, { exchanges, ...rest }: RawCase): Case {
  return {
    area,
    ...rest,
    exchanges: exchanges.map(({ request, answer }) => ({
      request: toRequest(request),
      ...(answer !== undefined && { answer: toAnswer(answer) }),
    })),
  };
}

function toRequest(raw: RawCase['exchanges'][number]['request']): CaseRequest {
  const { path = '', headers = [], body, ...rest } = raw;
  return {
    ...{ method: 'GET', host: '', repeat: 1, count: false, wait: 0, allHeaders: false },
    ...rest,
    path: whole(path),
    headers: headers.map(([name, value]) => [name, whole(value)] as const),
    ...(body !== undefined && { body: whole(body) }),
  };
}

/** A long run of one character is written `<a*70000>`. */
function whole(text: string): string {
  return text.replace(/<(.)\*([0-9]+)>/g, (_run, character: string, count: string) =>
    character.repeat(Number(count)),
  );
}

function toAnswer({ upstream, ...answer }: NonNullable<RawCase['exchanges'][number]['answer']>): Answer {
  if (upstream === undefined) return { headers: [], ...answer };
  const headers = upstream.headers.map(([name, value]) => [name, readOnce(value)] as const);
  const body = upstream.body === undefined ? {} : { body: whole(upstream.body) };
  return { headers: [], ...answer, upstream: { ...upstream, headers, ...body } };
}

/** What a backend echoed was read as Latin-1 twice on its way into the recording; bytes are wanted, read once. */
function readOnce(value: string): string {
  const decoded = Buffer.from(value, 'latin1').toString('utf8');
  return decoded.includes('\ufffd') ? value : decoded;
}
