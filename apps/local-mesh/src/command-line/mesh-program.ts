import {
  addClusterOptions,
  addWorkloadOptions,
  type ClusterOptions,
  createProgram,
  gather,
  type WorkloadOptions,
  wholeNumber,
} from '@grayscale/command-line';
import { type Command, Option } from 'commander';
import type { PortMapping } from '../listeners/port-mapping.js';
import { defaultLimits } from '../proxy/limits.js';
import type { MeshOptions } from './mesh-options.js';
import { gatherMappings, gatherResolve, secondsAsMs } from './option-values.js';
import type { ResolveOverride } from './resolve-override.js';

/** What the options come to, before they are looked at together. */
export interface Values extends WorkloadOptions, ClusterOptions {
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

/** `local-mesh` with its options and help. */
export function meshProgram(): Command {
  const program = createProgram({
    name: 'local-mesh',
    description:
      'Routes HTTP on a laptop as an Istio sidecar would, from the same YAML, and reloads on save.',
    packageFile: new URL('../../package.json', import.meta.url),
  });
  program.option(
    '-f, --filename <path>',
    'file, folder, kustomization or - (standard input) with rules; repeatable',
    gather,
  );
  addPorts(program);
  addCertificates(program);
  addClusterOptions(program, 'follow the rules of a cluster instead of files').option(
    '--endpoints <path>',
    'with --cluster: EndpointSlices of what listens on this machine, in place of the addresses there; repeatable',
    gather,
  );
  addWorkloadOptions(program).option(
    '--resolve <host:port:address>',
    "address to use for a name, like curl's --resolve; * for any host or port; repeatable",
    gatherResolve,
  );
  addAccessLog(
    program.option(
      '--drain-seconds <seconds>',
      'how long requests in flight may take after SIGTERM',
      wholeNumber(0, 3600),
      5,
    ),
  );
  addLimits(program);
  return program.allowExcessArguments(false).addHelpText('after', examples);
}

function addPorts(program: Command): void {
  const port = wholeNumber(0, 65_535);
  program
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
    );
}

function addCertificates(program: Command): void {
  program
    .option('--tls-cert <file>', 'with --gateway: certificate for all of its servers, in PEM')
    .option('--tls-key <file>', 'with --gateway: the key to --tls-cert, in PEM')
    .option(
      '--tls-self-signed',
      'with --gateway: make a certificate for servers whose own is not among the files',
    );
}

function addAccessLog(program: Command): void {
  program
    .addOption(
      new Option('--access-log <which>', 'which requests are logged on standard output')
        .choices(['off', 'errors', 'all'])
        .default('off'),
    )
    .addOption(
      new Option('--access-log-format <format>', "Envoy's default text, or JSON")
        .choices(['text', 'json'])
        .default('text'),
    );
}

function addLimits(program: Command): void {
  program
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
    );
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
