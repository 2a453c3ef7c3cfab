import {
  engineFailure,
  issueLines,
  type ManifestIssue,
  type ManifestSet,
  type ManifestWatch,
  watchManifests,
} from '@grayscale/manifest-files';
import type { AdminServer } from './admin/admin-server.js';
import { Readiness } from './admin/readiness.js';
import type { MeshOptions } from './command-line/mesh-options.js';
import { createResolver } from './command-line/resolve-override.js';
import { listenFailure, say } from './messages.js';
import { createProxy, type MeshProxy } from './proxy/proxy.js';
import { inSlices } from './rules/background-analysis.js';
import { RuleBook } from './rules/rule-book.js';
import { buildRuleSet, isRefused, type RefusedSet, type RuleSet } from './rules/rule-set.js';
import { summarize } from './rules/rule-summary.js';
import { AccessLog } from './telemetry/access-log.js';
import { EventFeed } from './telemetry/event-feed.js';
import { IstioMetrics } from './telemetry/istio-metrics.js';

/** A mesh that cannot start; the message is for the user. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** A local mesh, from its start to its end. */
export class LocalMesh {
  private readonly readiness = new Readiness();
  private readonly accessLog: AccessLog;
  private watch: ManifestWatch | undefined;
  private proxy: MeshProxy | undefined;
  private admin: AdminServer | undefined;
  private analysis = new AbortController();

  constructor(private readonly options: MeshOptions) {
    this.accessLog = new AccessLog({
      which: options.accessLog,
      format: options.accessLogFormat,
      descriptor: 1,
    });
  }

  /** Reads the rules and listens. @throws StartError when there are no good rules or a port cannot be had */
  async start(): Promise<void> {
    let rules: RuleBook | undefined;
    this.watch = await watchManifests(this.options.filenames, (set) => rules && this.reload(rules, set));
    rules = this.firstRules(this.watch.first);
    const metrics = new IstioMetrics(this.options.workload);
    rules.onChange((change) => metrics.ruleChange(change));
    const events = new EventFeed(rules);
    const proxy = await this.startProxy(rules, metrics, events);
    void this.analyze(rules);
    const subjects = { rules, metrics, events, readiness: this.readiness };
    // Nest takes two thirds of the start; the proxy answers meanwhile.
    const { startAdmin } = await import('./admin/admin-server.js');
    this.admin = await this.listening('--admin-port', '127.0.0.1', this.options.adminPort, (port) =>
      startAdmin(subjects, port),
    );
    say(
      `proxy on http://${hostText(proxy.address)}:${proxy.port}, admin on http://127.0.0.1:${this.admin.port}`,
    );
  }

  /** Finishes what is in flight, as long as the options allow, and ends. */
  async stop(): Promise<void> {
    this.readiness.startDraining();
    this.analysis.abort();
    await this.watch?.close();
    await this.proxy?.drain(this.options.drainSeconds);
    await this.close();
  }

  /** Ends at once. */
  async close(): Promise<void> {
    this.analysis.abort();
    await Promise.all([this.watch?.close(), this.proxy?.close(), this.admin?.close()]);
    await this.accessLog.close();
  }

  private firstRules(set: ManifestSet): RuleBook {
    const built = buildRuleSet(set, this.options.workload);
    say(...issuesToTell(built.issues));
    if (isRefused(built))
      throw new StartError('no good rules to start with: correct the errors above and start again.');
    say(...summarize(built));
    return new RuleBook(this.options.workload, built);
  }

  /** Never throws: a mistake of ours over the changed rules leaves the last good ones in force. */
  private reload(rules: RuleBook, set: ManifestSet): void {
    try {
      const inForce = rules.inForce.resources;
      const built = buildRuleSet(set, this.options.workload, { inForce });
      putInForce(rules, built);
      if (!isRefused(built)) void this.analyze(rules);
    } catch (error) {
      const issue = engineFailure({ file: set.files[0]?.path ?? '' }, error);
      putInForce(rules, { refusedAt: new Date(), issues: [issue] });
    }
  }

  /** Finds what the documents in force do together while requests are served, and says so. Newer rules end it. */
  private async analyze(rules: RuleBook): Promise<void> {
    this.analysis.abort();
    this.analysis = new AbortController();
    const issues = await inSlices(rules.inForce.analyze(), this.analysis.signal);
    if (issues === undefined || issues.length === 0) return;
    rules.found(issues);
    say(...issuesToTell(issues));
  }

  private async startProxy(rules: RuleBook, metrics: IstioMetrics, events: EventFeed) {
    const proxy = createProxy({
      route: (request, draw) => rules.route(request, draw),
      routeConnection: (connection) => rules.routeConnection(connection),
      hasListener: (port) => rules.hasListener(port),
      standsFor: (port) => rules.namesPort(port),
      resolve: createResolver(this.options.resolve),
      limits: this.options.limits,
      onComplete: (record) => {
        metrics.record(record);
        events.record(record);
        this.accessLog.record(record);
      },
    });
    this.proxy = proxy;
    const { address } = this.options;
    return await this.listening('--port', address, this.options.port, (port) =>
      proxy.listen({ host: address, port }),
    );
  }

  private async listening<T>(
    option: string,
    address: string,
    port: number,
    listen: (port: number) => Promise<T>,
  ): Promise<T> {
    try {
      return await listen(port);
    } catch (error) {
      throw new StartError(listenFailure(error, { address, port, option }));
    }
  }
}

/** Puts a set in force, or keeps the last good one when it was refused, and says so. */
function putInForce(rules: RuleBook, built: RuleSet | RefusedSet): void {
  const lines = isRefused(built)
    ? [`refused the changed rules; ${rules.inForce.hash} stay in force until the errors above are corrected`]
    : summarize(built);
  rules.replace(built);
  say(...issuesToTell(built.issues), ...lines);
}

/** More lines than this nobody reads in a terminal; the admin side has them all. */
const maxIssueLines = 100;

function issuesToTell(issues: readonly ManifestIssue[]): string[] {
  const lines = issueLines(issues);
  const more = lines.length - maxIssueLines;
  return more > 0 ? [...lines.slice(0, maxIssueLines), `... and ${more} more`] : lines;
}

function hostText(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
