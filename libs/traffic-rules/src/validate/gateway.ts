import { quote } from '../fields/describe.js';
import type { Gateway, Server, ServerPort } from '../resources/gateway.js';
import { isIpAddress } from './address.js';
import { isDnsLabel, wildcardDomainProblem } from './names.js';
import { validatePort } from './port.js';
import type { Report } from './report.js';
import { validateServerTls } from './server-tls.js';
import { isHttp, isKnownProtocol, isTls } from './service-port.js';

/** Istio's validation of a Gateway (istio, validation.go ValidateGateway). */
export function validateGateway({ spec, metadata }: Gateway, report: Report): void {
  if (metadata.name !== '' && !isDnsLabel(metadata.name))
    report.error(
      'gateway-name-invalid',
      'metadata.name',
      `${quote(metadata.name)} is not a name for a Gateway; write letters, digits and "-".`,
    );
  if (spec.servers.length === 0)
    report.error('server-missing', 'spec.servers', 'a Gateway needs at least one server; write servers.');
  const names = new Set<string>();
  spec.servers.forEach((server, index) => {
    validateServer(server, `spec.servers[${index}]`, report);
    refuseRepeatedName(server, names, `spec.servers[${index}].port.name`, report);
  });
}

function validateServer(server: Server, path: string, report: Report): void {
  if (server.hosts.length === 0)
    report.error('server-missing', path, 'the server has no hosts; write hosts, or hosts: ["*"] for all.');
  server.hosts.forEach((host, index) => {
    validateServerHost(host, `${path}.hosts[${index}]`, report);
  });
  if (server.port === undefined)
    report.error('server-missing', path, 'the server has no port; write its number, name and protocol.');
  else validateServerPort(server.port, server.bind ?? '', `${path}.port`, report);
  validateBind(server, path, report);
  if (server.tls !== undefined) validateServerTls(server.tls, `${path}.tls`, report);
  validateProtocolOfTls(server, path, report);
}

function refuseRepeatedName({ port }: Server, seen: Set<string>, path: string, report: Report): void {
  if (port === undefined) return;
  if (seen.has(port.name))
    report.error(
      'port-duplicate',
      path,
      `another server has the port name ${quote(port.name)}; give each its own.`,
    );
  seen.add(port.name);
}

/** `host` or `namespace/host`, where the namespace may be `*` or `.`. */
function validateServerHost(written: string, path: string, report: Report): void {
  const slash = written.indexOf('/');
  const namespace = slash < 0 ? undefined : written.slice(0, slash);
  const host = written.slice(slash + 1);
  if (namespace !== undefined && namespace !== '*' && namespace !== '.' && !isDnsLabel(namespace))
    report.error(
      'namespace-invalid',
      path,
      `${quote(namespace)} is not a namespace; write its name, "." for the Gateway's own or "*" for all.`,
    );
  const problem = serverHostProblem(host);
  if (problem !== undefined)
    report.error('host-invalid', path, `the host ${quote(host)} ${problem}. Write for instance hello.com.`);
}

function serverHostProblem(host: string): string | undefined {
  if (host === '*') return undefined;
  if (!host.includes('.')) return 'has no dot; a Gateway takes full names only, or "*"';
  if (/^\*[^.]/.test(host))
    return 'has a "*" beside other characters; a wildcard is a part by itself, as in *.example.com';
  return isIpAddress(host) ? undefined : wildcardDomainProblem(host);
}

function validateServerPort(port: ServerPort, bind: string, path: string, report: Report): void {
  if (!isKnownProtocol(port.protocol))
    report.error(
      'protocol-unknown',
      `${path}.protocol`,
      `${quote(port.protocol)} is not a protocol; write HTTP, HTTPS, HTTP2, GRPC, TLS, TCP, MONGO, REDIS or MYSQL.`,
    );
  if (port.number > 0 || !bind.startsWith('unix://')) validatePort(port.number, `${path}.number`, report);
  if (port.targetPort !== undefined)
    report.error(
      'port-invalid',
      `${path}.targetPort`,
      'a targetPort does nothing at a Gateway; leave it out: the Service of the gateway has it.',
    );
  if (port.name === '')
    report.error('port-name-invalid', `${path}.name`, 'the port has no name; write for instance name: http.');
}

function validateBind({ bind, port }: Server, path: string, report: Report): void {
  if (bind === undefined) return;
  if (bind.startsWith('unix://')) {
    if (port !== undefined && port.number !== 0)
      report.error('server-bind-invalid', `${path}.bind`, 'a socket has no port; write number: 0.');
    if (!/^unix:\/\/[/@]./.test(bind))
      report.error(
        'server-bind-invalid',
        `${path}.bind`,
        `${quote(bind)} is not a path; write unix:///path/to/socket.`,
      );
  } else if (!isIpAddress(bind))
    report.error(
      'server-bind-invalid',
      `${path}.bind`,
      `${quote(bind)} is not an address; write for instance 127.0.0.1.`,
    );
}

/** TLS settings belong to HTTPS and TLS; a server that speaks HTTP may have a redirect alone. */
function validateProtocolOfTls({ port, tls }: Server, path: string, report: Report): void {
  if (port === undefined || !isKnownProtocol(port.protocol)) return;
  const { protocol } = port;
  if (isTls(protocol)) {
    if (tls === undefined)
      report.error(
        'server-tls-invalid',
        path,
        `a server of protocol ${protocol} needs tls; write tls: { mode: SIMPLE, credentialName: ... }.`,
      );
    else if (tls.httpsRedirect) warnOfRedirect(path, report);
    return;
  }
  if (tls === undefined) return;
  const isRedirectOnly =
    tls.mode.endsWith('PASSTHROUGH') && !tls.caCertificates && !tls.privateKey && !tls.serverCertificate;
  if (!isHttp(protocol))
    report.error(
      'server-tls-invalid',
      `${path}.tls`,
      `a server of protocol ${protocol} has no tls; write protocol: TLS, or leave tls out.`,
    );
  else if (!isRedirectOnly)
    report.error(
      'server-tls-invalid',
      `${path}.tls`,
      `a server of protocol ${protocol} speaks plain text, and can only have httpsRedirect; write protocol: HTTPS for TLS.`,
    );
  if (!isHttp(protocol) && tls.httpsRedirect) warnOfRedirect(path, report);
}

function warnOfRedirect(path: string, report: Report): void {
  report.warning(
    'server-tls-invalid',
    `${path}.tls.httpsRedirect`,
    'a redirect to HTTPS is for servers that speak HTTP; Istio ignores it here. Leave it out.',
  );
}
