import { HeaderPropagation } from '../index.js';
import { type EchoServer, type Received, startEchoServer } from './echo-server.js';

/** What the leak tests send on, to one name of this machine and not to another. */
export const propagation = new HeaderPropagation({
  rules: ['user', 'x-several', 'traceparent', { baggage: 'tenant' }],
  targets: ['127.0.0.1'],
});

const captured = { user: 'ours', 'x-several': ['1', '2'], traceparent: '00-1-2-01', baggage: 'tenant=acme' };
export const inRequest = <T>(fn: () => T): T => propagation.runWith(captured, fn);

/** Whether anything of ours is in it, or a mark that says what is. */
export const hasOurs = (value: unknown): boolean =>
  /ours|tenant=acme|00-1-2-01|x-mark-/.test(JSON.stringify(value) ?? '');

/** One upstream, under a name that is among the targets and under one that is not. */
export interface Upstream extends EchoServer {
  readonly inside: string;
  readonly outside: string;
  /** Requests that took something of ours where it may not go. */
  leaks(): Received[];
  /** What each request had of the header `user`, in order. */
  users(): (string | undefined)[];
}

export async function startUpstream(): Promise<Upstream> {
  const echo = await startEchoServer();
  const isOutside = ({ headers }: Received) => headers.host?.[0]?.startsWith('localhost') ?? false;
  return {
    ...echo,
    inside: echo.url,
    outside: echo.url.replace('127.0.0.1', 'localhost'),
    // A mark is for nobody, inside or outside.
    leaks: () =>
      echo.received.filter(
        (request) =>
          (isOutside(request) && hasOurs(request)) || JSON.stringify(request).includes('x-header-prop'),
      ),
    users: () => echo.received.map(({ headers }) => headers.user?.[0]),
  };
}

export const redirect = (from: string, to: string, status = 302) =>
  `${from}/redirect?status=${status}&to=${encodeURIComponent(to)}`;
