import { CommandError } from '@grayscale/command-line';
import { engineFailure, type ManifestSet } from '@grayscale/manifest-files';
import type { AdminServer } from './admin/admin-server.js';
import { Readiness } from './admin/readiness.js';
import type { MeshOptions } from './command-line/mesh-options.js';
import { createResolver } from './command-line/resolve-override.js';
import { GatewayPorts } from './gateway/gateway-ports.js';
import { readCertificate } from './gateway/given-certificate.js';
import { ListenerList, listenerLine } from './listeners/listener.js';
import { ServicePorts } from './listeners/service-ports.js';
import { listenFailure, say } from './messages.js';
import { addressText } from './proxy/address.js';
import type { Bound } from './proxy/options.js';
import { createProxy, type MeshProxy } from './proxy/proxy.js';
import { openClusterRules } from './rules/cluster-rules.js';
import { openFileRules } from './rules/file-rules.js';
import { inSlices } from './rules/in-slices.js';
import { RuleBook } from './rules/rule-book.js';
import { type RuleReport, reportOn } from './rules/rule-report.js';
import { buildRuleSet, isRefused, type RefusedSet, type RuleSet, ruleSetInSteps } from './rules/rule-set.js';
import type { RuleListener, RuleSource } from './rules/rule-source.js';
import { StartError } from './start-error.js';
import { AccessLog } from './telemetry/access-log.js';
import { EventFeed } from './telemetry/event-feed.js';
import { IstioMetrics } from './telemetry/istio-metrics.js';

/** A local mesh, from its start to its end. */
export class LocalMesh {
  private readonly readiness = new Readiness();
  private readonly accessLog: AccessLog;
  private source: RuleSource | undefined;
  private proxy: MeshProxy | undefined;
  private admin: AdminServer | undefined;
  private analysis = new AbortController();
  private readonly ended = new AbortController();
  /** The newest rules that are not built yet. */
  private changed: ManifestSet | undefined;
  private isBuilding = false;

  constructor(private readonly options: MeshOptions) {
    this.accessLog = new AccessLog({
      which: options.accessLog,
      format: options.accessLogFormat,
      descriptor: 1,
    });
  }

  /** Reads the rules and listens. @throws StartError when there are no good rules or a port cannot be had */
  async start(): Promise<void> {
    let loaded: Loaded | undefined;
    const listener = {
      onChange: (set: ManifestSet) => loaded && void this.reload(loaded, set),
      onRemark: (line: string) => say(line),
    };
    this.source = await openRules(this.options, listener);
    loaded = this.firstRules(this.source);
    const { rules } = loaded;
    const metrics = new IstioMetrics(rules.workload);
    rules.onChange((change) => metrics.ruleChange(change));
    const events = new EventFeed(rules);
    const services = new ServicePorts(this.options.listen, rules, this.options.address);
    services.check();
    const gateway = await this.gatewayOf(rules);
    const proxy = await this.startProxy(rules, gateway, { metrics, events });
    void this.analyze(loaded);
    const listeners = await this.openPorts(proxy, services, gateway);
    rules.onChange(({ isReload }) => isReload && say(...services.changed()));
    const subjects = { rules, metrics, events, listeners, readiness: this.readiness };
    // Nest takes two thirds of the start; the proxy answers meanwhile.
    const { startAdmin } = await import('./admin/admin-server.js');
    this.admin = await this.listening('--admin-port', '127.0.0.1', this.options.adminPort, (port) =>
      startAdmin(subjects, port),
    );
    say(
      `proxy on http://${addressText({ host: proxy.address, port: proxy.port })}, admin on http://127.0.0.1:${this.admin.port}`,
    );
  }

  /** Finishes what is in flight, as long as the options allow, and ends. */
  async stop(): Promise<void> {
    this.readiness.startDraining();
    this.ended.abort();
    this.analysis.abort();
    await this.source?.close();
    await this.proxy?.drain(this.options.drainSeconds);
    await this.close();
  }

  /** Ends at once. */
  async close(): Promise<void> {
    this.ended.abort();
    this.analysis.abort();
    await Promise.all([this.source?.close(), this.proxy?.close(), this.admin?.close()]);
    await this.accessLog.close();
  }

  private firstRules(source: RuleSource): Loaded {
    const { first, client } = source;
    const report = reportOn(source);
    const built = buildRuleSet(first, client);
    if (isRefused(built)) {
      say(...report.refused(built));
      throw new StartError('no good rules to start with: correct the errors above and start again.');
    }
    say(...report.inForce(built));
    return { rules: new RuleBook(client, built), report };
  }

  /** Builds changed rules while requests are served. What changes meanwhile is built when that is done, so that rules which never rest come into force, too. */
  private async reload(loaded: Loaded, set: ManifestSet): Promise<void> {
    this.changed = set;
    if (this.isBuilding) return;
    this.isBuilding = true;
    while (this.changed !== undefined && !this.ended.signal.aborted) {
      const next = this.changed;
      this.changed = undefined;
      await this.build(loaded, next);
    }
    this.isBuilding = false;
  }

  /** Never rejects: a mistake of ours over the changed rules leaves the last good ones in force. */
  private async build(loaded: Loaded, set: ManifestSet): Promise<void> {
    try {
      const { inForce, client } = loaded.rules;
      const steps = ruleSetInSteps(set, client, { inForce: inForce.resources });
      const built = await inSlices(steps, this.ended.signal);
      if (built === undefined) return;
      putInForce(loaded, built);
      if (!isRefused(built)) void this.analyze(loaded);
    } catch (error) {
      const issue = engineFailure({ file: set.files[0]?.path ?? '' }, error);
      putInForce(loaded, { refusedAt: new Date(), issues: [issue] });
    }
  }

  /** Finds what the documents in force do together while requests are served, and says so. Newer rules end it. */
  private async analyze({ rules, report }: Loaded): Promise<void> {
    this.analysis.abort();
    this.analysis = new AbortController();
    const issues = await inSlices(rules.inForce.analyze(), this.analysis.signal);
    if (issues === undefined || issues.length === 0) return;
    rules.found(issues);
    say(...report.issues(issues));
  }

  /** The ports of the gateway that it stands for, with their certificates; undefined beside a workload. */
  private async gatewayOf(rules: RuleBook): Promise<GatewayPorts | undefined> {
    const { gatewayPorts: mappings, address, certificate, selfSigned, caller } = this.options;
    if (caller.gateway === undefined) return undefined;
    const given = certificate && readCertificate(certificate);
    const gateway = new GatewayPorts(rules, { mappings, address, certificate: given, selfSigned });
    await gateway.build();
    return gateway;
  }

  private async startProxy(
    rules: RuleBook,
    gateway: GatewayPorts | undefined,
    { metrics, events }: { metrics: IstioMetrics; events: EventFeed },
  ) {
    const proxy = createProxy({
      route: (request, draw) => rules.route(request, draw),
      routeConnection: (connection, draw) => rules.routeConnection(connection, draw),
      routeHttpConnection: (to, draw) => rules.routeHttpConnection(to, draw),
      inspection: (to) => rules.inspection(to),
      knowsHost: (authority, port) => rules.knowsHost(authority, port),
      standsFor: (port) => rules.namesPort(port),
      ...(gateway !== undefined && { gateway: () => gateway.gateway }),
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

  /** The ports beside the proxy's own. */
  private async openPorts(
    { address, port }: Bound,
    services: ServicePorts,
    gateway: GatewayPorts | undefined,
  ): Promise<ListenerList> {
    const listeners = new ListenerList();
    listeners.add({ address, port, standsFor: 'proxy', takes: 'HTTP' });
    if (this.proxy === undefined) return listeners;
    const opened = await services.open(this.proxy);
    listeners.add(...opened);
    say(...opened.map(listenerLine), ...services.warnings(opened));
    await gateway?.open(this.proxy, listeners);
    gateway?.follow(this.proxy, listeners);
    return listeners;
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

/** The rules in force, and who says what they are. */
interface Loaded {
  rules: RuleBook;
  report: RuleReport;
}

/** @throws StartError when a cluster does not give its rules */
async function openRules({ rules, caller }: MeshOptions, listener: RuleListener): Promise<RuleSource> {
  if ('filenames' in rules) return await openFileRules(rules.filenames, caller, listener);
  try {
    return await openClusterRules(rules, caller, listener);
  } catch (error) {
    if (error instanceof CommandError) throw new StartError(error.message, error.exitCode);
    throw error;
  }
}

/** Puts a set in force, or keeps the last good one when it was refused, and says so. */
function putInForce({ rules, report }: Loaded, built: RuleSet | RefusedSet): void {
  const lines = isRefused(built) ? report.refused(built, rules.inForce) : report.inForce(built);
  rules.replace(built);
  say(...lines);
}
