import { ofSidecarsAlone } from './cases.ts';

/** One HTTP message out of raw bytes, in a form that two runs can be compared by. */
export interface RawAnswer {
  statusLine: string;
  headers: readonly string[];
  body: string;
}

/** For a comparison: a backend's echo without what differs from run to run, any other body as it is. */
export function comparableAnswers(data: string): unknown {
  const answers = readAnswers(data);
  return typeof answers === 'string'
    ? answers
    : answers.map(({ body, ...head }) => ({ ...head, body: readable(body) }));
}

/** What came back to raw bytes: HTTP messages, one after another; the bytes themselves where they are none. */
export function readAnswers(data: string): RawAnswer[] | string {
  const answers: RawAnswer[] = [];
  let rest = data;
  while (rest.startsWith('HTTP/1.1 ') && rest.includes('\r\n\r\n')) {
    const end = rest.indexOf('\r\n\r\n');
    const [statusLine = '', ...lines] = rest.slice(0, end).split('\r\n');
    const isInformational = statusLine.startsWith('HTTP/1.1 1');
    const { body, length } = isInformational ? { body: '', length: 0 } : readBody(rest.slice(end + 4), lines);
    answers.push({ statusLine, headers: lines.map(withoutChange).filter(isCompared), body });
    rest = rest.slice(end + 4 + length);
  }
  return rest === '' && answers.length > 0 ? answers : data;
}

function readBody(text: string, lines: readonly string[]): { body: string; length: number } {
  const header = (name: string) =>
    lines
      .find((line) => line.toLowerCase().startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .trim();
  if (header('transfer-encoding') === 'chunked') return readChunks(text);
  const length = Number(header('content-length') ?? text.length);
  return { body: text.slice(0, length), length };
}

/** Sizes are not looked at: in a recording, what changes was replaced in between. */
function readChunks(text: string): { body: string; length: number } {
  const last = '\r\n0\r\n\r\n';
  const end = text.indexOf(last);
  return { body: text.slice(text.indexOf('\r\n') + 2, end), length: end + last.length };
}

function readable(body: string): unknown {
  if (!body.startsWith('{')) return body;
  const { backend, method, path, host = '', rawHeaders } = JSON.parse(body) as Record<string, unknown>;
  return { backend, method, path, host, rawHeaders: withoutSidecars(rawHeaders as string[]) };
}

/** Without what a sidecar adds that a proxy on a laptop does not; fresh ids are alike. */
function withoutSidecars(rawHeaders: readonly string[]): string[] {
  const list: string[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] as string).toLowerCase();
    if (ofSidecarsAlone.has(name)) continue;
    list.push(name, name === 'x-request-id' ? '<uuid>' : (rawHeaders[i + 1] as string));
  }
  return list;
}

function withoutChange(line: string): string {
  return line.replace(/^(date|x-envoy-upstream-service-time): .*/i, '$1: <any>');
}

/** How a backend of Node's keeps its connections is not what is recorded. */
function isCompared(line: string): boolean {
  return !/^keep-alive:/i.test(line);
}
