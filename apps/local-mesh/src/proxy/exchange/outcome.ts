import { type Decision, type HeaderContext, routeName } from '@grayscale/traffic-rules';
import type { AccessRecord, ResponseFlag } from '../access-record.js';
import { headerValue } from '../message/header-list.js';
import { isGrpcCall } from './grpc.js';
import type { RequestContext } from './request-context.js';
import type { ResponseWriter } from './response-writer.js';

/** What comes of a request, told step by step by who acts on it, for the access log, the metrics and the events. */
export class Outcome {
  readonly #flags: ResponseFlag[] = [];
  #decision: Decision | undefined;
  #details = '';
  #upstreamCluster: string | undefined;
  #upstreamHost: string | undefined;
  #upstreamDurationMs: number | undefined;
  #attempts = 0;
  #grpcStatus: string | undefined;

  /** `address:port` of the last endpoint tried. */
  get upstreamHost(): string | undefined {
    return this.#upstreamHost;
  }

  /** Whether the last endpoint tried has taken a connection. */
  get isConnected(): boolean {
    return this.#upstreamHost !== undefined && !this.#flags.includes('UF');
  }

  get attempts(): number {
    return this.#attempts;
  }

  decided(decision: Decision): void {
    this.#decision = decision;
    if (decision.kind === 'forward') this.#upstreamCluster = decision.cluster.name;
  }

  /** As values of headers tell it. */
  asTold(): Omit<HeaderContext, 'request'> {
    const decision = this.#decision;
    return {
      ...(decision !== undefined && { routeName: routeName(decision.because) }),
      upstreamCluster: decision?.kind === 'cluster-not-found' ? undefined : this.#upstreamCluster,
      responseFlags: this.#flags,
      responseCodeDetails: this.#details,
    };
  }

  ledTo(cluster: string): void {
    this.#upstreamCluster = cluster;
  }

  /** Another try begins. */
  tried(): void {
    this.#attempts++;
  }

  triedAt(host: string): void {
    this.#upstreamHost = host;
  }

  upstreamAnswered(durationMs: number): void {
    this.#upstreamDurationMs = durationMs;
    this.#details = 'via_upstream';
  }

  /** @param fields headers or trailers, names and values in turn; in one of both a call has its status */
  answeredWith(fields: readonly string[]): void {
    for (let i = 0; i < fields.length; i += 2)
      if (fields[i] === 'grpc-status') this.#grpcStatus = fields[i + 1];
  }

  flag(flag: ResponseFlag): void {
    this.#flags.push(flag);
  }

  /** Envoy's RESPONSE_CODE_DETAILS. */
  because(details: string): void {
    this.#details = details;
  }

  clientGone(): void {
    this.#flags.push('DC');
    this.#details ||= 'downstream_remote_disconnect';
  }

  record(context: RequestContext, response: ResponseWriter): AccessRecord {
    const { head, target } = context;
    return {
      startTime: context.startTime,
      method: head.method,
      path: target.path,
      authority: target.authority,
      port: target.port,
      protocol: `HTTP/${head.version}`,
      status: response.status,
      flags: this.#flags,
      details: this.#details,
      bytesReceived: context.body.bytes,
      bytesSent: response.bytesSent,
      durationMs: context.elapsedMs(),
      upstreamDurationMs: this.#upstreamDurationMs,
      forwardedFor: headerValue(head.headers, 'x-forwarded-for'),
      userAgent: headerValue(head.headers, 'user-agent'),
      requestId: context.headers.requestId,
      upstreamHost: this.#upstreamHost,
      upstreamCluster: this.#upstreamCluster,
      downstreamAddress: context.client.address,
      attempts: this.#attempts,
      decision: this.#decision,
      ...(isGrpcCall(head.headers) && { grpcStatus: this.#grpcStatus ?? '' }),
    };
  }
}
