import { AsyncLocalStorage } from 'node:async_hooks';
import { AppliedRules, type DropCounts, type Found, type IncomingRequest } from './applied-rules.js';
import { checkCallback, checkCaptured, checkHeaders } from './argument-checks.js';
import { type Captured, type HeaderRecord, NOTHING_CAPTURED } from './captured.js';
import { compileOptions, warnOfCredentials } from './compile-options.js';
import { HeaderPropagationError } from './errors.js';
import { headerName } from './header-name.js';
import { decoded, encoded, lowerCase } from './header-records.js';
import { type Added, addHeaders, type MethodHeaders, methodsOf, type OutgoingHeaders } from './inject.js';
import { Notices } from './notices.js';
import type { HeaderPropagationOptions } from './options.js';
import { Reading } from './reading.js';
import type { LowerCaseHeaders } from './rules/reader.js';
import type { IncomingDetails, IncomingHeaders } from './rules/rule.js';
import { requestTarget, type TargetAddress } from './target-address.js';
import type { TargetMatcher } from './target-pattern.js';

/** Headers from a request to the requests that it causes. Its methods may be taken off it: none uses `this`. */
export class HeaderPropagation {
  readonly #storage = new AsyncLocalStorage<Reading>();
  readonly #rules: AppliedRules;
  readonly #receives: TargetMatcher;
  readonly #responseNames: readonly string[];
  readonly #notices: Notices;
  /** Names, in lower case, of all that any request may bring along. */
  readonly names: ReadonlySet<string>;

  /** @throws HeaderPropagationError when an option is wrong */
  constructor(options: HeaderPropagationOptions) {
    const compiled = compileOptions(options);
    this.#rules = new AppliedRules(compiled);
    this.names = compiled.headers;
    this.#receives = compiled.receives;
    this.#responseNames = compiled.responseNames;
    this.#notices = new Notices(compiled.matched, compiled.notices ? compiled.warn : undefined);
    warnOfCredentials(compiled);
  }

  /**
   * What the rules find in a request.
   *
   * @param headers names in any letter case; values as Node's parser gives them, one character for each byte
   *   (characters above U+00FF become their UTF-8 bytes)
   * @param url path and query as the request line has them, or a whole URL
   * @param details a Node `IncomingMessage` fits: it keeps repeated headers apart and knows the peer
   */
  readonly extract = (
    headers: IncomingHeaders,
    url: string | URL = '',
    details?: IncomingDetails,
  ): Captured => {
    checkHeaders(headers, 'extract');
    return this.extractLowerCase(
      lowerCase(headers),
      typeof url === 'string' ? url : (url?.href ?? ''),
      details,
    );
  };

  /** `extract` without the look at each name's letter case: for headers that Node's own parser made. */
  readonly extractLowerCase = (headers: LowerCaseHeaders, url: string, details?: IncomingDetails): Captured =>
    this.read(headers, url, details).captured();

  /**
   * The first half of `extractLowerCase`: takes the values as they are now. They are checked, and defaults made, when
   * somebody first asks, so that a request that calls nobody does not pay for it.
   */
  readonly read = (headers: LowerCaseHeaders, url: string, details?: IncomingDetails): Reading => {
    const found = this.#rules.find(headers, url, details);
    if (found === undefined && !this.#notices.wanted) return new Reading();
    return new Reading(() => this.#settle(found, { headers, url, details }));
  };

  #settle(found: Found | undefined, request: IncomingRequest): Captured {
    const captured = found === undefined ? NOTHING_CAPTURED : this.#rules.settle(found, request);
    const lost = this.#notices.lost((name) => request.headers[name] !== undefined, captured.headers);
    return lost === undefined ? captured : { ...captured, lost };
  }

  /**
   * Adds captured headers to a request's own and returns them. Nothing is added for a host that is not among
   * `targets`, and nothing that the application has set is changed.
   *
   * @param captured from `extract` or `captured()`; undefined (outside a request) adds nothing
   */
  readonly inject = <H extends OutgoingHeaders>(
    captured: Captured | undefined,
    target: TargetAddress,
    headers: H,
  ): H => {
    checkHeaders(headers, 'inject');
    this.injectInto(captured, target, () => methodsOf(headers));
    return headers;
  };

  /**
   * `inject` for a client that keeps its headers in a form of its own; asked only when there is something to add.
   *
   * @returns what was added, for `removeHeaders`; undefined when nothing was
   */
  readonly injectInto = (
    captured: Captured | undefined,
    target: TargetAddress,
    outgoing: () => MethodHeaders,
  ): Added | undefined => {
    if (captured === undefined || captured === null || captured === NOTHING_CAPTURED) return undefined;
    const resolved = requestTarget(target);
    if (resolved === undefined) return undefined;
    if (!this.#receives(resolved)) {
      if (Object.keys(captured.headers).length > 0) this.#notices.withheld(resolved.host);
      return undefined;
    }
    const headers = outgoing();
    const added = addHeaders(captured, headers);
    const lost = captured.lost?.filter(({ header }) => !headers.has(header.toLowerCase()));
    if (lost !== undefined) this.#notices.matchedNotSent(lost, captured.dropped, resolved.host);
    return added;
  };

  /** Whether a host is among `targets`. */
  readonly allows = (target: TargetAddress): boolean => {
    const resolved = requestTarget(target);
    return resolved !== undefined && this.#receives(resolved);
  };

  /** Runs a function, and everything that it starts, with what was captured. */
  readonly run = <T>(captured: Captured, fn: () => T): T => {
    checkCaptured(captured, 'run');
    checkCallback(fn, 'run');
    return this.runReading(Reading.of(captured), fn);
  };

  /**
   * Runs a job, a queue's message or a test with headers of its own, as text: those that a rule sends on, by their
   * outgoing or their incoming names. The limits hold; `accept` does not, since the application itself speaks.
   */
  readonly runWith = <T>(headers: IncomingHeaders, fn: () => T): T => {
    checkCallback(fn, 'runWith');
    return this.run(this.#rules.fromApplication(encoded(headers, 'runWith')), fn);
  };

  /** `run` for what `read` gave. */
  readonly runReading = <T>(reading: Reading, fn: () => T): T => this.#storage.run(reading, fn);

  /** Whether the current context is that of a reading. */
  readonly isCurrent = (reading: Reading): boolean => this.#storage.getStore() === reading;

  /**
   * Sets what goes out from now on with the current request's calls, for all that share its context: a user who was
   * found in a session, say. Limits hold, and buckets are computed anew. `accept` is not asked.
   *
   * @param name an outgoing header of one of the rules
   * @param value as text; undefined takes it off, so that its rule's default is back
   * @returns whether it goes out; false outside a request, and for what is over a limit
   * @throws HeaderPropagationError when no rule sends that header
   */
  readonly set = (name: string, value: string | readonly string[] | undefined): boolean => {
    const header = headerName(name, 'set');
    if (!this.#rules.send(header)) throw unknownHeader(header);
    const reading = this.#storage.getStore();
    if (reading === undefined) return false;
    const { [header]: _, ...others } = reading.captured().headers as LowerCaseHeaders;
    const bytes = encoded({ [header]: value }, 'set');
    reading.replace(this.#rules.fromApplication(value === undefined ? others : { ...others, ...bytes }));
    return Object.hasOwn(reading.captured().headers, header);
  };

  /** Copies the headers that `response` names to the response for the caller, but for those that it has. */
  readonly copyToResponse = (reading: Reading, response: ResponseHeaders): void => {
    if (this.#responseNames.length === 0) return;
    const { headers } = reading.captured();
    for (const name of this.#responseNames) {
      const value = headers[name];
      if (value !== undefined && !response.hasHeader(name)) response.setHeader(name, value);
    }
  };

  /** The reading of the current context; undefined outside a request. */
  readonly reading = (): Reading | undefined => this.#storage.getStore();

  /** What the current request gave; undefined outside a request. */
  readonly captured = (): Captured | undefined => this.#storage.getStore()?.captured();

  /** The headers that go out with the current request's calls, as text; none outside a request. */
  readonly current = (): HeaderRecord => decoded((this.captured() ?? NOTHING_CAPTURED).headers);

  /** How many values were dropped since the start, by reason. */
  readonly dropCounts = (): DropCounts => this.#rules.dropCounts();

  /** How many requests went without the headers because their host is not among `targets`, by host; `*` for those after the 100th. */
  readonly withheldCounts = (): Readonly<Record<string, number>> => this.#notices.withheldCounts();
}

/** The part of a Node `ServerResponse` that is used. */
interface ResponseHeaders {
  hasHeader(name: string): boolean;
  setHeader(name: string, value: string | readonly string[]): unknown;
}

function unknownHeader(name: string): HeaderPropagationError {
  return new HeaderPropagationError(
    'INVALID_OPTION',
    `set: no rule sends "${name}" on. Add "${name}" to the rules; with accept: 'none' no caller can set it.`,
  );
}
