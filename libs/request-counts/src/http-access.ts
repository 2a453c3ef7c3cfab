import { readFile } from 'node:fs/promises';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

/** How to get in. */
export interface HttpAccess {
  /** A file with a bearer token; read again for each request, as tokens are rotated in place. */
  bearerTokenFile?: string;
  bearerToken?: string;
  basic?: { user: string; password: string };
  /** Certificates to trust, in PEM, instead of the system's. */
  ca?: string;
  headers?: Readonly<Record<string, string>>;
  /** For a whole answer; 10 s unless given. */
  timeoutMs?: number;
}

/** An answer that cannot be used; the message says which URL and why, without the credentials in it. */
export class HttpFailure extends Error {
  override readonly name = 'HttpFailure';
}

/** More than a metrics endpoint with 100,000 series. */
const maxAnswerBytes = 64 * 1024 * 1024;

/** What is sent: a GET, or a POST of a form. */
export interface HttpQuestion {
  url: URL;
  form?: URLSearchParams;
  /** Statuses besides 200 whose body is wanted. */
  alsoAccepted?: readonly number[];
}

/** Asks once. @throws HttpFailure when there is no usable answer in time */
export async function ask(question: HttpQuestion, access: HttpAccess): Promise<string> {
  const signal = AbortSignal.timeout(access.timeoutMs ?? 10_000);
  try {
    const response = await send(question, access, await authorization(question.url, access), signal);
    const body = await bodyOf(response);
    const accepted = [200, ...(question.alsoAccepted ?? [])];
    if (!accepted.includes(response.statusCode ?? 0)) throw new Error(refusal(response));
    return body;
  } catch (error) {
    throw new HttpFailure(`${shown(question.url)} ${reasonOf(error, signal, access)}`, { cause: error });
  }
}

function send(
  { url, form }: HttpQuestion,
  { ca, headers }: HttpAccess,
  authorized: Record<string, string>,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const body = form?.toString();
  const type = body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
  const options = {
    method: body === undefined ? 'GET' : 'POST',
    headers: { accept: '*/*', ...type, ...authorized, ...headers },
    signal,
    // A connection kept alive between two looks may have been closed by then, which would read as no data.
    agent: false as const,
    ...(ca === undefined ? {} : { ca }),
  };
  return new Promise((resolve, reject) => {
    const sent = (url.protocol === 'https:' ? requestHttps : requestHttp)(bare(url), options, resolve);
    sent.on('error', reject);
    sent.end(body);
  });
}

async function bodyOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response) {
    length += (chunk as Buffer).length;
    if (length > maxAnswerBytes) throw new Error(`answers more than ${maxAnswerBytes >> 20} MiB`);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function authorization(url: URL, access: HttpAccess): Promise<Record<string, string>> {
  const { basic, bearerToken, bearerTokenFile } = access;
  if (bearerTokenFile !== undefined) {
    return { authorization: `Bearer ${(await readFile(bearerTokenFile, 'utf8')).trim()}` };
  }
  if (bearerToken !== undefined) return { authorization: `Bearer ${bearerToken}` };
  const user = basic?.user ?? decodeURIComponent(url.username);
  const password = basic?.password ?? decodeURIComponent(url.password);
  if (user === '' && password === '') return {};
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}

function bare(url: URL): URL {
  const copy = new URL(url);
  copy.username = '';
  copy.password = '';
  return copy;
}

/** A URL without credentials, and without a query that may hold them. */
export function shown(url: URL): string {
  return `${url.origin}${url.pathname}`;
}

function refusal({ statusCode, headers }: IncomingMessage): string {
  if (statusCode === 401 || statusCode === 403) return `answers ${statusCode}; it wants other credentials`;
  return `answers ${statusCode}${headers.location === undefined ? '' : `, a redirect to ${headers.location}`}`;
}

const reasons: Record<string, string> = {
  ECONNREFUSED: 'refuses the connection',
  ECONNRESET: 'closed the connection',
  ENOTFOUND: 'has a host name that cannot be resolved',
  EAI_AGAIN: 'has a host name that cannot be resolved now',
  ENOENT: 'cannot be asked: the bearer token file does not exist',
};

function reasonOf(error: unknown, signal: AbortSignal, { timeoutMs = 10_000 }: HttpAccess): string {
  if (signal.aborted) return `has not answered within ${timeoutMs / 1000} s`;
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (reasons[code] !== undefined) return reasons[code];
  return code === '' ? message : `cannot be asked: ${message}`;
}
