import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import Negotiator from 'negotiator';

/** A failed request as its client is told: one short sentence, and members for machines (RFC 9457). */
export interface Problem {
  readonly status: number;
  readonly detail: string;
  /** Further members of the JSON form, such as the status that an upstream gave. */
  readonly members?: Readonly<Record<string, unknown>>;
}

/** Throw it from a handler to answer with a {@link Problem}. */
export class ProblemException extends HttpException {
  constructor(
    readonly problem: Problem,
    options?: ErrorOptions,
  ) {
    super(problem.detail, problem.status, options);
  }
}

const JSON_TYPES = ['application/problem+json', 'application/json'];

/** The answer for a problem: text, or `application/problem+json` where the client's Accept prefers JSON to text. */
export function renderProblem(
  problem: Problem,
  accept: string | undefined,
): { contentType: string; body: string } {
  if (!prefersJson(accept)) return { contentType: 'text/plain; charset=utf-8', body: `${problem.detail}\n` };
  const { status, detail, members } = problem;
  const title = STATUS_CODES[status] ?? 'Error';
  return {
    contentType: 'application/problem+json; charset=utf-8',
    body: JSON.stringify({ type: 'about:blank', title, status, detail, ...members }),
  };
}

function prefersJson(accept: string | undefined): boolean {
  if (accept === undefined || !accept.includes('json')) return false;
  const preferred = new Negotiator({ headers: { accept } }).mediaType(['text/plain', ...JSON_TYPES]);
  return preferred !== undefined && JSON_TYPES.includes(preferred);
}
