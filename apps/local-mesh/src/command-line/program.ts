import { isIP } from 'node:net';
import { addCompletion, requireSource, runProgram, type WorkloadOptions } from '@grayscale/command-line';
import type { Command } from 'commander';
import type { GatewayMapping, PortMapping, ServiceMapping } from '../listeners/port-mapping.js';
import { isLoopback } from '../loopback.js';
import type { MeshOptions } from './mesh-options.js';
import { meshProgram, type Values } from './mesh-program.js';

/** Options, or the code with which to end because help was asked for or the usage was wrong; what to say has been said. */
export type CommandLine = { options: MeshOptions } | { exitCode: number };

/** Reads the command line, without the interpreter and the script. */
export async function parseCommandLine(argv: readonly string[]): Promise<CommandLine> {
  let options: MeshOptions | undefined;
  const exitCode = await runProgram(() => {
    const program = meshProgram();
    program.action(() => {
      options = checked(program);
    });
    return addCompletion(program);
  }, argv);
  return options === undefined ? { exitCode } : { options };
}

function checked(program: Command): MeshOptions {
  const values = program.opts<Values>();
  requireSource(values);
  if (values.endpoints !== undefined && !values.cluster)
    program.error('error: --endpoints goes with --cluster; name files of EndpointSlices with -f.');
  if (isIP(values.address) === 0)
    program.error(`error: --address ${values.address} is not an IP address, such as 127.0.0.1.`);
  if (!isLoopback(values.address) && values.outboundTrafficPolicy !== 'REGISTRY_ONLY') {
    program.error(
      `error: --address ${values.address} lets other machines in, and ALLOW_ANY would make this an open relay; add --outbound-traffic-policy REGISTRY_ONLY.`,
    );
  }
  requireGateway(program, values);
  requireDistinct(program, values.listen ?? [], values.address);
  const ports = mappingsFor(program, values);
  return {
    rules: values.cluster
      ? { cluster: values, endpoints: values.endpoints ?? [] }
      : { filenames: values.filename ?? [] },
    address: values.address,
    port: values.port,
    adminPort: values.adminPort,
    ...ports,
    ...(values.tlsCert !== undefined &&
      values.tlsKey !== undefined && { certificate: { cert: values.tlsCert, key: values.tlsKey } }),
    selfSigned: values.tlsSelfSigned === true,
    caller: callerOf(values),
    resolve: values.resolve ?? [],
    drainSeconds: values.drainSeconds,
    accessLog: values.accessLog,
    accessLogFormat: values.accessLogFormat,
    limits: {
      maxConnections: values.maxConnections,
      maxHeaderBytes: values.maxHeaderBytes,
      idleTimeoutMs: values.idleTimeout,
      requestHeadersTimeoutMs: values.headersTimeout,
      streamIdleTimeoutMs: values.streamIdleTimeout,
    },
  };
}

/** What says how a gateway ends TLS. */
function requireGateway(program: Command, { gateway, tlsCert, tlsKey, tlsSelfSigned }: Values): void {
  const given = [
    ...(tlsCert !== undefined ? ['--tls-cert'] : []),
    ...(tlsKey !== undefined ? ['--tls-key'] : []),
    ...(tlsSelfSigned === true ? ['--tls-self-signed'] : []),
  ];
  if (gateway === undefined && given.length > 0)
    program.error(`error: ${given[0]} is for the servers of a gateway; add --gateway [NAMESPACE/]NAME.`);
  if ((tlsCert === undefined) !== (tlsKey === undefined))
    program.error(
      `error: ${given[0]} needs ${tlsCert === undefined ? '--tls-cert' : '--tls-key'} beside it.`,
    );
}

/** Beside a workload ports stand for services, in a gateway's place for ports of its own. */
function mappingsFor(
  program: Command,
  { listen = [], gateway }: Values,
): { listen: ServiceMapping[]; gatewayPorts: GatewayMapping[] } {
  const services = listen.filter((mapping) => 'service' in mapping);
  const gatewayPorts = listen.filter((mapping) => 'gatewayPort' in mapping);
  const [ofGateway] = gatewayPorts;
  const [ofService] = services;
  if (gateway === undefined && ofGateway !== undefined)
    program.error(
      `error: --listen ${ofGateway.port}=${ofGateway.gatewayPort} means a port of a gateway; add --gateway [NAMESPACE/]NAME, or name a service: ${ofGateway.port}=SERVICE:${ofGateway.gatewayPort}.`,
    );
  if (gateway !== undefined && ofService !== undefined)
    program.error(
      `error: --listen ${ofService.port}=${ofService.service.host}:${ofService.service.port} names a service; with --gateway, name a port of the gateway: ${ofService.port}=${ofService.service.port}.`,
    );
  return { listen: services, gatewayPorts };
}

/** The same port twice would be reported as taken by another program. */
function requireDistinct(program: Command, mappings: readonly PortMapping[], usual: string): void {
  const seen = new Set<string>();
  for (const { address = usual, port } of mappings) {
    const key = `port ${port} of ${address}`;
    if (port !== 0 && seen.has(key))
      program.error(`error: --listen names ${key} twice; a port can stand for only one service.`);
    seen.add(key);
  }
}

function callerOf({
  namespace,
  labels,
  outboundTrafficPolicy,
  meshConfig,
  gateway,
}: Values): WorkloadOptions {
  return {
    ...(outboundTrafficPolicy !== undefined && { outboundTrafficPolicy }),
    ...(meshConfig !== undefined && { meshConfig }),
    ...(namespace !== undefined && { namespace }),
    ...(labels !== undefined && { labels }),
    ...(gateway !== undefined && { gateway }),
  };
}
