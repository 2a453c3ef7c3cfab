import { isIP } from 'node:net';
import {
  addClusterOptions,
  addCompletion,
  addWorkloadOptions,
  type ClusterOptions,
  createProgram,
  gather,
  requireSource,
  runProgram,
  type WorkloadOptions,
  wholeNumber,
} from '@grayscale/command-line';
import { type Command, Option } from 'commander';
import { isLoopback } from '../loopback.js';
import { defaultLimits } from '../proxy/limits.js';
import type { MeshOptions } from './mesh-options.js';
import { gatherMappings, gatherResolve, secondsAsMs } from './option-values.js';
import type { GatewayMapping, PortMapping, ServiceMapping } from './port-mapping.js';
import type { ResolveOverride } from './resolve-override.js';

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

interface Values extends WorkloadOptions, ClusterOptions {
  filename?: string[];
  endpoints?: string[];
  address: string;
  port: number;
  adminPort: number;
  listen?: PortMapping[];
  tlsCert?: string;
  tlsKey?: string;
  tlsSelfSigned?: true;
  resolve?: ResolveOverride[];
  drainSeconds: number;
  accessLog: MeshOptions['accessLog'];
  accessLogFormat: MeshOptions['accessLogFormat'];
  maxConnections: number;
  maxHeaderBytes: number;
  idleTimeout: number;
  headersTimeout: number;
  streamIdleTimeout: number;
}

function meshProgram(): Command {
  const port = wholeNumber(0, 65_535);
  const program = createProgram({
    name: 'local-mesh',
    description:
      'Routes HTTP on a laptop as an Istio sidecar would, from the same YAML, and reloads on save.',
    packageFile: new URL('../../package.json', import.meta.url),
  });
  program
    .option(
      '-f, --filename <path>',
      'file, folder, kustomization or - (standard input) with rules; repeatable',
      gather,
    )
    .option('--port <port>', 'port of the proxy; 0 for any free one', port, 15_001)
    .option(
      '--admin-port <port>',
      'port of the admin side, always on 127.0.0.1; 0 for any free one',
      port,
      15_000,
    )
    .option('--address <ip>', 'address of the proxy; beyond loopback it needs REGISTRY_ONLY', '127.0.0.1')
    .option(
      '--listen <[address:]port=service:port>',
      'a port of this machine that stands for a service, for clients that know of no proxy; with --gateway, PORT=PORT for a port of the gateway; repeatable',
      gatherMappings,
    )
    .option('--tls-cert <file>', 'with --gateway: certificate for all of its servers, in PEM')
    .option('--tls-key <file>', 'with --gateway: the key to --tls-cert, in PEM')
    .option(
      '--tls-self-signed',
      'with --gateway: make a certificate for servers whose own is not among the files',
    );
  addClusterOptions(program, 'follow the rules of a cluster instead of files').option(
    '--endpoints <path>',
    'with --cluster: EndpointSlices of what listens on this machine, in place of the addresses there; repeatable',
    gather,
  );
  return addWorkloadOptions(program)
    .option(
      '--resolve <host:port:address>',
      "where a name leads, as curl's; * for any host or port; repeatable",
      gatherResolve,
    )
    .option(
      '--drain-seconds <seconds>',
      'how long requests in flight may take after SIGTERM',
      wholeNumber(0, 3600),
      5,
    )
    .addOption(
      new Option('--access-log <which>', 'which requests are logged on standard output')
        .choices(['off', 'errors', 'all'])
        .default('off'),
    )
    .addOption(
      new Option('--access-log-format <format>', "Envoy's default text, or JSON")
        .choices(['text', 'json'])
        .default('text'),
    )
    .option(
      '--max-connections <count>',
      'clients at once',
      wholeNumber(1, 1_000_000),
      defaultLimits.maxConnections,
    )
    .option(
      '--max-header-bytes <bytes>',
      'request line and headers',
      wholeNumber(1024, 1 << 20),
      defaultLimits.maxHeaderBytes,
    )
    .addOption(
      seconds(
        '--idle-timeout <seconds>',
        'how long a connection may stay without a request before it is closed; 0: no limit',
        defaultLimits.idleTimeoutMs,
      ),
    )
    .addOption(
      seconds(
        '--headers-timeout <seconds>',
        'how long a client may take to send the headers of a request; 0: no limit',
        defaultLimits.requestHeadersTimeoutMs,
      ),
    )
    .addOption(
      seconds(
        '--stream-idle-timeout <seconds>',
        'how long a request may go without any data in either direction before it is ended; 0: no limit',
        defaultLimits.streamIdleTimeoutMs,
      ),
    )
    .allowExcessArguments(false)
    .addHelpText('after', examples);
}

/** An option in seconds with a value in milliseconds; the help shows seconds for both. */
function seconds(flags: string, description: string, defaultMs: number): Option {
  return new Option(flags, description).argParser(secondsAsMs).default(defaultMs, String(defaultMs / 1000));
}

const examples = `
Examples:
  local-mesh -f k8s/internal -f k8s/local
  local-mesh -f my-istio-yaml/ -n shop --labels app=cart,version=v1
  kubectl kustomize k8s/internal | local-mesh -f - -f k8s/local
  local-mesh -f my-istio-yaml/ --listen 5432=db.shop:5432 --listen 9000=greeter.shop:50051
  local-mesh --cluster --context staging -n shop --labels app=cart --endpoints k8s/local
  curl --proxy http://127.0.0.1:15001 http://hello.com/hello
  local-mesh -f my-istio-yaml/ --gateway istio-system/public
  curl -H 'Host: shop.example' http://127.0.0.1:8080/
  local-mesh -f my-istio-yaml/ --gateway istio-system/public --tls-self-signed --listen 9443=443

A program uses it through HTTP_PROXY=http://127.0.0.1:15001. Saving a file puts its rules in force; a set with an
error in it is refused, and the last good rules stay. Exit status: 0 stopped by a signal, 1 no good rules at the start
or a port is taken, 64 wrong usage.`;

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
      program.error(`error: --listen names ${key} twice; a port stands for one thing alone.`);
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
