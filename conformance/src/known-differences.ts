/** A recording, or one exchange of it, that we knowingly answer otherwise. */
export interface KnownDifference {
  /** The case's id. */
  id: string;
  /** The number of the exchange in its case, from 0; without it, the whole case. */
  exchange?: number;
  /** Who differs; without it, both. */
  by?: 'engine' | 'local mesh';
  /**
   * `different`: on purpose. `missing`: not built yet; to be taken out by who builds it. `chance`: played, but which of several backends
   * answers is left open.
   */
  kind: 'different' | 'missing' | 'chance';
  reason: string;
}

/** An entry here stands in REPORT.md. Tests hold that each names an exchange of a recording, and that whom it names still differs there. */
export const knownDifferences: readonly KnownDifference[] = [
  ...known('different', 'our settings for HTTP/2 come in another order, and say more', 'local mesh', {
    'http-raw-on-port-80': [15],
  }),
  ...known('different', 'what endpoints answered before is not in the rules', 'engine', {
    'http-outlier': [1],
  }),
  ...known('chance', 'which of two endpoints fails first', 'local mesh', {
    'http-outlier': [0],
  }),
  ...known('different', 'a proxy reads a URL before it asks the engine', 'engine', {
    'http-odd-request-lines': [3, 4, 5, 15, 16],
    'gateway-no-servers-http10': [5],
  }),
  ...known('different', 'we refuse what would split an answer in two', 'local mesh', {
    'http-crlf-hash-cookie-name': [0],
    'http-crlf-hash-cookie-path': [0],
  }),
  ...known('different', 'no rule decides how a message is framed', 'local mesh', {
    'http-set-content-length-request': [0, 1],
  }),
  ...known('different', 'no rule decides how a message is framed', 'engine', {
    'http-set-content-length-request': [0, 1],
  }),
  ...known('different', 'that a header cannot be written is found by who writes it', 'engine', {
    'http-crlf-header-name': [0],
  }),
  ...known('different', 'credentials for a proxy end at the proxy to which the URL was sent', 'local mesh', {
    'http-repeat-scan': [38],
  }),
  ...known(
    'different',
    'two lines of traceparent go on; a sidecar is a tracer as well, and drops them',
    'local mesh',
    {
      'http-repeat-scan': [46],
    },
  ),
  ...known('different', 'lines that end in LF alone are refused', 'local mesh', {
    'http-raw-on-port-80': [7],
  }),
  ...known('different', 'a request in a pipeline is answered after an injected fault, too', 'local mesh', {
    'http-keep-alive-two-requests': [1],
  }),
  ...known('different', 'a URL has to name the port, and so the Host that is resolved has it', 'local mesh', {
    'entry-dynamic-dns': [0, 4, 9],
  }),
  ...known('different', "a client's certificate is the proxy's business, not the decision's", 'engine', {
    'gateway-tls-mutual': [0],
    'gwapi-frontend-validation': [0],
    'gwapi-frontend-validation-port': [1],
    'gwapi-frontend-validation-granted': [1],
    'gwapi-frontend-validation-granted-by-name': [0],
  }),
  ...known('different', 'the files do not say which secrets a cluster has', 'engine', {
    'gateway-tls-secret-missing': [0],
  }),
  ...known('chance', 'drawn by weight', undefined, {
    'http-hash-cookie-weighted': [3],
    'gateway-weighted-subset-headers': [1],
  }),
  ...known('chance', 'drawn by weight', 'local mesh', {
    'gateway-weights-missing-destination': [1],
  }),
  ...known('chance', 'which endpoint a key leads to is ours: always the same one', 'local mesh', {
    'http-hash-cookie-mirror': [0],
    'http-hash-cookie-weighted': [0, 1, 2],
    'http-hash-header-single': [0, 1, 2, 3, 4, 5],
    'http-hash-query-ip': [0, 1, 2, 4],
  }),
];

/** The same reason for several exchanges. */
function known(
  kind: KnownDifference['kind'],
  reason: string,
  by: KnownDifference['by'],
  cases: Readonly<Record<string, readonly number[]>>,
): KnownDifference[] {
  return Object.entries(cases).flatMap(([id, exchanges]) =>
    exchanges.map((exchange) => ({ id, exchange, kind, reason, ...(by !== undefined && { by }) })),
  );
}

/** What is known of one exchange for one of the players. */
export function knownDifference(
  id: string,
  exchange: number,
  player: 'engine' | 'local mesh',
): KnownDifference | undefined {
  return knownDifferences.find(
    (known) =>
      known.id === id &&
      (known.exchange === undefined || known.exchange === exchange) &&
      (known.by === undefined || known.by === player),
  );
}
