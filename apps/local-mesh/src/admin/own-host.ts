import type { IncomingMessage } from 'node:http';

/** A refusal: status, and a line that says why. */
export interface Refusal {
  status: 403 | 405 | 421;
  message: string;
}

/**
 * Why a request to the admin side is refused; undefined when it is welcome. Pages of the web must not read it through
 * the user's browser: neither under a name of theirs that resolves to loopback (DNS rebinding) nor across sites.
 */
export function refusal({ method = '', headers, socket }: IncomingMessage): Refusal | undefined {
  if (method !== 'GET' && method !== 'HEAD') {
    return { status: 405, message: 'The admin side only answers GET: rules are changed in their files.' };
  }
  const own = ownHosts(socket.localPort ?? 0);
  if (!own.has(headers.host?.toLowerCase() ?? '')) {
    return {
      status: 421,
      message: `This Host is not the admin side's own; ask for one of ${[...own].join(', ')}.`,
    };
  }
  const { origin } = headers;
  const isForeign = origin !== undefined && !own.has(origin.toLowerCase().replace(/^http:\/\//, ''));
  if (isForeign || headers['sec-fetch-site'] === 'cross-site') {
    return { status: 403, message: 'Pages of other sites may not ask the admin side.' };
  }
  return undefined;
}

function ownHosts(port: number): ReadonlySet<string> {
  const names = ['127.0.0.1', 'localhost', '[::1]'];
  return new Set([...names.map((name) => `${name}:${port}`), ...(port === 80 ? names : [])]);
}
