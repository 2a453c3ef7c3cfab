/** An answer that the proxy gives itself: `text/plain` where it has a body, no content type where it has none. */
export interface LocalReply {
  status: number;
  body: string;
  /** Envoy's response flags for the access log. */
  flag: string;
}

const disconnect = 'upstream connect error or disconnect/reset before headers. ';

/** Envoy 1.39's local replies, recorded; `afterRetries` is what it says when a retry policy has been used up. */
export const localReplies = {
  noRoute: { status: 404, body: '', flag: 'NR' },
  clusterNotFound: { status: 503, body: '', flag: 'NC' },
  noHealthyUpstream: { status: 503, body: 'no healthy upstream', flag: 'UH' },
  connectFailure: { status: 503, body: `${disconnect}reset reason: remote connection failure`, flag: 'UF' },
  connectFailureAfterRetries: {
    status: 503,
    body: `${disconnect}retried and the latest reset reason: remote connection failure`,
    flag: 'URX,UF',
  },
  connectTimeout: { status: 503, body: `${disconnect}reset reason: connection timeout`, flag: 'UF' },
  connectTimeoutAfterRetries: {
    status: 503,
    body: `${disconnect}retried and the latest reset reason: connection timeout`,
    flag: 'URX,UF',
  },
  connectionTermination: {
    status: 503,
    body: `${disconnect}reset reason: connection termination`,
    flag: 'UC',
  },
  connectionTerminationAfterRetries: {
    status: 503,
    body: `${disconnect}retried and the latest reset reason: connection termination`,
    flag: 'URX,UC',
  },
  protocolError: { status: 502, body: `${disconnect}reset reason: protocol error`, flag: 'UPE' },
  timeout: { status: 504, body: 'upstream request timeout', flag: 'UT' },
  faultAbort: { status: 503, body: 'fault filter abort', flag: 'FI' },
  blocked: { status: 502, body: '', flag: '' },
  badRequest: { status: 400, body: '', flag: '' },
} as const satisfies Record<string, LocalReply>;

export type LocalReplyName = keyof typeof localReplies;
