import { quote } from '../fields/describe.js';
import type {
  HttpDirectResponse,
  HttpRedirect,
  HttpRewrite,
  HttpRule,
} from '../resources/virtual-service.js';
import { validatePort } from './port.js';
import { validateRegex } from './regex.js';
import type { Report } from './report.js';

export function validateRedirect({ redirect, match }: HttpRule, path: string, report: Report): void {
  if (redirect === undefined) return;
  const problem = redirectProblem(redirect);
  if (problem !== undefined) report.error('redirect-invalid', path, problem);
  const code = redirect.redirectCode;
  if (code !== undefined && (code < 300 || code > 399))
    report.error(
      'redirect-invalid',
      `${path}.redirectCode`,
      `${code} is not a redirect; write 301, 302, 303, 307 or 308.`,
    );
  if (redirect.scheme !== undefined && !['http', 'https'].includes(redirect.scheme))
    report.error(
      'redirect-invalid',
      `${path}.scheme`,
      `${quote(redirect.scheme)} is not a scheme to redirect to; write http or https.`,
    );
  if (redirect.port) validatePort(redirect.port, `${path}.port`, report);
  const other = match.find(({ uri }) => uri !== undefined && uri.kind !== 'prefix');
  if (redirect.prefixRewrite !== undefined && other !== undefined)
    report.error(
      'redirect-invalid',
      `${path}.prefixRewrite`,
      'prefixRewrite needs matches by uri prefix; write uri instead.',
    );
}

function redirectProblem(redirect: HttpRedirect): string | undefined {
  const { uri, prefixRewrite, authority, scheme, port, derivePort } = redirect;
  if (uri !== undefined && prefixRewrite !== undefined)
    return 'the redirect has both uri and prefixRewrite; keep one of the two.';
  const written = [uri, prefixRewrite, authority, scheme, port, derivePort].some(
    (field) => field !== undefined,
  );
  return written ? undefined : 'the redirect changes nothing; write uri, authority, scheme or port.';
}

const longestBody = 1024 * 1024;
const largeBody = 100 * 1024;

export function validateDirectResponse(
  response: HttpDirectResponse | undefined,
  path: string,
  report: Report,
): void {
  if (response === undefined) return;
  validateStatus(response.status, `${path}.status`, report);
  const { body } = response;
  const size = body?.kind === 'bytes' ? body.value.length : Buffer.byteLength(body?.value ?? '');
  if (size > longestBody)
    report.error(
      'body-too-large',
      `${path}.body`,
      `the body has ${size} bytes; write at most ${longestBody}.`,
    );
  else if (size > largeBody)
    report.warning(
      'body-too-large',
      `${path}.body`,
      `the body has ${size} bytes and goes to every sidecar; keep it under ${largeBody}.`,
    );
}

/** 600 passes: Istio's check is off by one, and Envoy refuses it. */
export function validateStatus(status: number, path: string, report: Report): void {
  if (status < 200 || status > 600)
    report.error('status-invalid', path, `the status is ${status}; write one from 200 to 599.`);
}

export function validateRewrite(rewrite: HttpRewrite | undefined, path: string, report: Report): void {
  if (rewrite === undefined) return;
  const { uri, authority, uriRegexRewrite: regex } = rewrite;
  if (uri !== undefined && regex !== undefined)
    report.error(
      'rewrite-invalid',
      path,
      'the rewrite has both uri and uriRegexRewrite; keep one of the two.',
    );
  else if (uri === undefined && regex === undefined && authority === undefined)
    report.error(
      'rewrite-invalid',
      path,
      'the rewrite changes nothing; write uri, uriRegexRewrite or authority.',
    );
  else if (regex !== undefined) validateRegexRewrite(regex, `${path}.uriRegexRewrite`, report);
}

function validateRegexRewrite(
  regex: NonNullable<HttpRewrite['uriRegexRewrite']>,
  path: string,
  report: Report,
): void {
  if (regex.match === '' || regex.rewrite === '')
    report.error(
      'rewrite-invalid',
      path,
      'uriRegexRewrite needs both match and rewrite; write for instance match: ^/v1/(.*) and rewrite: /\\1.',
    );
  else validateRegex(regex.match, `${path}.match`, report);
}
