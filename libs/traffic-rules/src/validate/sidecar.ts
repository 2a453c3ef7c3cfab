import { quote } from '../fields/describe.js';
import type { EgressListener, Sidecar, SidecarSpec } from '../resources/sidecar.js';
import { isIpAddress } from './address.js';
import { validateSelector } from './labels.js';
import { isDnsLabel, wildcardDomainProblem } from './names.js';
import { validatePort } from './port.js';
import type { Report } from './report.js';
import { isKnownProtocol, validatePortName } from './service-port.js';

const unix = 'unix://';

/** Istio's validation of a Sidecar (istio, validation.go ValidateSidecar); what concerns incoming requests is not looked at. */
export function validateSidecar({ spec, metadata }: Sidecar, report: Report): void {
  validateWorkloadSelector(spec, report);
  if (isEmpty(spec))
    report.error(
      'sidecar-empty',
      'spec',
      'the Sidecar says nothing; write egress with its hosts, or outboundTrafficPolicy.',
    );
  validateListeners(spec.egress, report);
  spec.egress.forEach((listener, index) => {
    validateListener(listener, metadata.namespace, `spec.egress[${index}]`, report);
  });
  if (spec.outboundTrafficPolicy?.mode === 'ALLOW_ANY_DYNAMIC_DNS')
    report.error(
      'egress-listener-invalid',
      'spec.outboundTrafficPolicy.mode',
      'ALLOW_ANY_DYNAMIC_DNS is only for MeshConfig; write ALLOW_ANY or REGISTRY_ONLY.',
    );
}

function validateWorkloadSelector({ workloadSelector }: SidecarSpec, report: Report): void {
  if (workloadSelector === undefined) return;
  validateSelector(workloadSelector, 'spec.workloadSelector.labels', report);
  if (Object.keys(workloadSelector).length === 0)
    report.warning(
      'selector-invalid',
      'spec.workloadSelector',
      'the selector has no labels and takes every workload of the namespace; write labels, or leave it out.',
    );
}

function isEmpty(spec: SidecarSpec): boolean {
  const { egress, outboundTrafficPolicy, hasIngress, hasInboundConnectionPool } = spec;
  return (
    egress.length === 0 && outboundTrafficPolicy === undefined && !hasIngress && !hasInboundConnectionPool
  );
}

/** One listener may be without a port, the last one; the others have ports of their own. */
function validateListeners(listeners: readonly EgressListener[], report: Report): void {
  const taken = new Set<string>();
  listeners.forEach(({ port, bind }, index) => {
    const place = `spec.egress[${index}]`;
    if (port === undefined && index < listeners.length - 1)
      report.error(
        'egress-listener-invalid',
        place,
        'the listener without a port takes all other ports and has to be the last one; move it to the end, or give it a port.',
      );
    if (port === undefined) return;
    const key = port.number === 0 ? `${bind}` : `${port.number}`;
    if (taken.has(key))
      report.error(
        'egress-listener-invalid',
        `${place}.port`,
        `another listener has ${port.number === 0 ? 'the same socket' : `port ${port.number}`}; put the hosts of both into one.`,
      );
    taken.add(key);
  });
}

function validateListener(listener: EgressListener, namespace: string, path: string, report: Report): void {
  if (listener.port !== undefined) validateListenerPort(listener, `${path}.port`, report);
  if (listener.hosts.length === 0)
    report.error(
      'egress-host-invalid',
      path,
      'the listener has no hosts; write hosts: ["./*"] for the own namespace, or hosts: ["~/*"] for none.',
    );
  listener.hosts.forEach((host, index) => {
    validateHost(host, `${path}.hosts[${index}]`, report);
  });
  warnOfRepeats(listener.hosts, namespace, path, report);
}

function validateListenerPort(
  { port, bind = '', captureMode = 'DEFAULT' }: EgressListener,
  path: string,
  report: Report,
): void {
  const { number = 0, name = '', protocol = '' } = port ?? {};
  if (name !== '') validatePortName(name, `${path}.name`, report);
  if (!isKnownProtocol(protocol))
    report.error(
      'protocol-unknown',
      `${path}.protocol`,
      `${quote(protocol)} is not a protocol; write HTTP, HTTP2, GRPC, HTTPS, TLS, TCP, MONGO, REDIS or MYSQL.`,
    );
  if (number !== 0) validatePort(number, `${path}.number`, report);
  const isSocket = bind.startsWith(unix);
  if (number === 0 ? !isSocket : bind !== '' && !isIpAddress(bind))
    report.error(
      'egress-listener-invalid',
      path.replace(/port$/, 'bind'),
      number === 0
        ? 'a listener without a port number is a socket; write bind: unix:///path/to/socket, or a number.'
        : `${quote(bind)} is not an address; write an IP address, or leave bind out.`,
    );
  if (number === 0 && captureMode === 'IPTABLES')
    report.error(
      'egress-listener-invalid',
      path.replace(/port$/, 'captureMode'),
      'nothing can be redirected to a socket; write captureMode: NONE.',
    );
}

function validateHost(host: string, path: string, report: Report): void {
  const slash = host.indexOf('/');
  const [namespace, name] = [host.slice(0, slash), host.slice(slash + 1)];
  const refuse = (problem: string) => report.error('egress-host-invalid', path, `${quote(host)} ${problem}`);
  if (slash <= 0 || name === '') {
    refuse('is not namespace/host; write for instance "./*", "shop/*" or "*/api.example.com".');
    return;
  }
  const plain = namespace.replace(/^~/, '');
  if (!['', '*', '.'].includes(plain) && !isDnsLabel(plain))
    refuse('does not begin with a namespace; write a name, "." for its own namespace, or "*" for all.');
  const problem = name === '*' ? undefined : wildcardDomainProblem(name);
  if (problem !== undefined) refuse(`names a host that ${problem}.`);
  else if (name !== '*' && !name.includes('.'))
    refuse(
      `has a short name, which Istio does not complete here; write ${name}.${suggested(plain)}.svc.cluster.local.`,
    );
}

function suggested(namespace: string): string {
  return isDnsLabel(namespace) ? namespace : 'NAMESPACE';
}

function warnOfRepeats(hosts: readonly string[], own: string, path: string, report: Report): void {
  const seen = new Map<string, Set<string>>();
  hosts.forEach((host, index) => {
    const [namespace = '', name = ''] = host.split('/');
    if (namespace.startsWith('~')) return;
    const key = namespace === '.' ? own : namespace;
    const names = seen.get(key) ?? new Set();
    if (name === '*' ? names.size > 0 : names.has(name) || names.has('*'))
      report.warning(
        'egress-host-repeated',
        `${path}.hosts[${index}]`,
        `${quote(host)} is in the list already, or covers other hosts of the list; remove what is not needed.`,
      );
    seen.set(key, names.add(name));
  });
  if (seen.get('*')?.has('*') === true && seen.size > 1)
    report.warning('egress-host-repeated', `${path}.hosts`, '"*/*" covers every host; remove the others.');
}
