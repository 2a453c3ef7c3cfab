/** What a rule of the run does to a request whose path begins with `path`. */
export interface Rule {
  path: string;
  request?: HeaderChanges;
  response?: HeaderChanges;
  rewrite?: string;
}

interface HeaderChanges {
  set?: Readonly<Record<string, string>>;
  add?: Readonly<Record<string, string>>;
  remove?: readonly string[];
}

export const rules: readonly Rule[] = [
  {
    path: '/remove-length',
    request: { remove: ['content-length'] },
    response: { remove: ['content-length'] },
  },
  { path: '/set-length', request: { set: { 'content-length': '2' } } },
  { path: '/set-response-length', response: { set: { 'content-length': '1' } } },
  { path: '/add-response-length', response: { add: { 'content-length': '1' } } },
  { path: '/set-encoding', request: { set: { 'transfer-encoding': 'chunked' } } },
  { path: '/set-response-encoding', response: { set: { 'transfer-encoding': 'gzip' } } },
  {
    path: '/remove-encoding',
    request: { remove: ['transfer-encoding'] },
    response: { remove: ['transfer-encoding'] },
  },
  {
    path: '/set-connection',
    request: { set: { connection: 'close' } },
    response: { set: { connection: 'close' } },
  },
  {
    path: '/set-hop',
    request: { set: { 'keep-alive': 'timeout=1', te: 'gzip', upgrade: 'x', 'proxy-connection': 'close' } },
    response: {
      set: { 'keep-alive': 'timeout=1', upgrade: 'x', 'proxy-connection': 'close', trailer: 'x' },
    },
  },
  {
    path: '/set-own',
    response: { set: { date: 'today', server: 'mine', 'x-envoy-upstream-service-time': '0' } },
  },
  { path: '/remove-own', response: { remove: ['date', 'server', 'x-envoy-upstream-service-time'] } },
  {
    path: '/add-inline',
    request: { add: { accept: 'c', 'x-user': 'c' } },
    response: { add: { vary: 'c', 'set-cookie': 'c' } },
  },
  { path: '/invalid-name', request: { set: { 'x a': 'b' } } },
  { path: '/invalid-response-name', response: { set: { 'x a': 'b' } } },
  { path: '/rewrite-blank', rewrite: '/a b' },
  { path: '/rewrite-fragment', rewrite: '/a#b' },
  { path: '/rewrite-beyond-ascii', rewrite: '/é' },
  { path: '/rewrite-without-slash', rewrite: 'noslash' },
];

/** Those that the local mesh takes from a file: framing by rule is an error there. */
export const acceptedRules: readonly Rule[] = rules.filter(
  ({ request, response }) => ![request, response].some((changes) => writesFraming(changes)),
);

function writesFraming(changes: HeaderChanges | undefined): boolean {
  const written = { ...changes?.set, ...changes?.add };
  return 'content-length' in written || 'transfer-encoding' in written;
}

/** The same for the local mesh: the `http` of a VirtualService. */
export function istioRules(list: readonly Rule[] = rules): string {
  const route = [{ destination: { host: 'back.ext' } }];
  const http = list.map(({ path, request, response, rewrite }) => ({
    match: [{ uri: { prefix: path } }],
    route,
    headers: { ...(request && { request }), ...(response && { response }) },
    ...(rewrite !== undefined && { rewrite: { uri: rewrite } }),
  }));
  return JSON.stringify([...http, { route }]);
}
