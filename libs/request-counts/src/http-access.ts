import { readFile } from 'node:fs/promises';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

/** How to get in. Files are read again for each request: what is in them is rotated in place. */
export interface HttpAccess {
  /** A file with a bearer token. */
  bearerTokenFile?: string;
  /** A file with `USER:PASSWORD`; without one, those of the URL are sent. */
  basicAuthFile?: string;
  /** A file with the certificates to trust, in PEM, instead of the system's. */
  caFile?: string;
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
    const credentials = await credentialsFor(question.url, access);
    const response = await send(question, access, credentials, signal);
    const body = await bodyOf(response);
    const accepted = [200, ...(question.alsoAccepted ?? [])];
    if (!accepted.includes(response.statusCode ?? 0)) throw new Error(refusal(response, credentials));
    return body;
  } catch (error) {
    throw new HttpFailure(`${shown(question.url)} ${reasonOf(error, signal, access)}`, { cause: error });
  }
}

async function send(
  { url, form }: HttpQuestion,
  { caFile, headers }: HttpAccess,
  credentials: Credentials | undefined,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const ca = caFile === undefined ? undefined : await contentOf(caFile, 'certificates');
  const body = form?.toString();
  const type = body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
  const options = {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      accept: '*/*',
      ...type,
      ...(credentials && { authorization: credentials.authorization }),
      ...headers,
    },
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

/** What is sent, and in words where it comes from. */
interface Credentials {
  authorization: string;
  source: string;
}

async function credentialsFor(
  url: URL,
  { bearerTokenFile, basicAuthFile }: HttpAccess,
): Promise<Credentials | undefined> {
  if (bearerTokenFile !== undefined) {
    const token = (await contentOf(bearerTokenFile, 'bearer token')).trim();
    return { authorization: `Bearer ${token}`, source: `the bearer token in ${bearerTokenFile}` };
  }
  if (basicAuthFile !== undefined) {
    const text = (await contentOf(basicAuthFile, 'user and password')).trim();
    if (!text.includes(':')) throw new Error(`cannot be asked: ${basicAuthFile} is not USER:PASSWORD`);
    return { authorization: basic(text), source: `the user and password in ${basicAuthFile}` };
  }
  if (url.username === '' && url.password === '') return undefined;
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return { authorization: basic(pair), source: 'the user and password in the URL' };
}

function basic(pair: string): string {
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

async function contentOf(path: string, what: string): Promise<string> {
  return await readFile(path, 'utf8').catch(({ code }: NodeJS.ErrnoException) => {
    const why = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`;
    throw new Error(`cannot be asked: the file with the ${what}, ${path}, ${why}`);
  });
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

function refusal({ statusCode, headers }: IncomingMessage, credentials: Credentials | undefined): string {
  if (statusCode === 401 || statusCode === 403) {
    const refused = credentials?.source ?? 'requests without credentials';
    return `answers ${statusCode}: it ${statusCode === 401 ? 'does not accept' : 'forbids this to'} ${refused}`;
  }
  return `answers ${statusCode}${headers.location === undefined ? '' : `, a redirect to ${headers.location}`}`;
}

const reasons: Record<string, string> = {
  ECONNREFUSED: 'refuses the connection',
  ECONNRESET: 'closed the connection',
  ENOTFOUND: 'has a host name that cannot be resolved',
  EAI_AGAIN: 'has a host name that cannot be resolved now',
};

/** What OpenSSL and Node.js say of a certificate that does not do. */
const untrusted = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME/;

function reasonOf(error: unknown, signal: AbortSignal, { timeoutMs = 10_000 }: HttpAccess): string {
  if (signal.aborted) return `has not answered within ${timeoutMs / 1000} s`;
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (reasons[code] !== undefined) return reasons[code];
  if (untrusted.test(code)) return `has a certificate that is not trusted: ${message}`;
  return code === '' ? message : `cannot be asked: ${message}`;
}
