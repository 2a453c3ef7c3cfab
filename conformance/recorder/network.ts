import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { backends, outside } from '../src/cases.ts';
import { certificateFile } from '../src/lab-servers.ts';

/** Addresses that the recordings name. */
export const addresses = {
  /** hello-page's workload, from where every request comes; istiod and the resolver are asked at it, too. */
  workload: '10.201.0.1',
  gateway: '10.201.0.3',
} as const;

/** Envoy's user, whose connections are not redirected, as in a pod. */
export const proxyUser = 1337;

/** The port that a sidecar's outbound connections are redirected to. */
const outboundPort = 15001;

/**
 * Makes the network of the recordings, in the namespaces that this process is in: the backends' addresses, the workload's, whose
 * connections go to its sidecar, and a namespace of its own for the gateway, which binds the ports that the backends have.
 */
export async function makeNetwork(folder: string): Promise<{ gatewayNamespace: ChildProcess }> {
  run('ip link set lo up');
  for (const address of [...Object.keys(backends), addresses.workload])
    run(`ip address add ${address}/32 dev lo`);
  // Cluster addresses refuse connections: nobody forwards them here.
  run('ip route add local 10.96.0.0/16 dev lo');
  const gatewayNamespace = spawn('unshare', ['--net', 'sleep', 'infinity'], { stdio: 'ignore' });
  await delay(300);
  run('ip link add to-gateway type veth peer name from-gateway');
  run(`ip link set from-gateway netns ${gatewayNamespace.pid}`);
  run('ip link set to-gateway up');
  run(`ip route add ${addresses.gateway}/32 dev to-gateway src ${addresses.workload}`);
  for (const command of [
    'ip link set lo up',
    `ip address add ${addresses.gateway}/32 dev from-gateway`,
    'ip link set from-gateway up',
    `ip route add ${addresses.workload}/32 dev from-gateway`,
    `ip route add default via ${addresses.workload} dev from-gateway onlink`,
  ])
    run(`nsenter --target ${gatewayNamespace.pid} --net ${command}`);
  run('sysctl -qw net.ipv4.ip_forward=1');
  const from = `iptables -t nat -A OUTPUT -p tcp -s ${addresses.workload}`;
  for (const near of [addresses.gateway, addresses.workload]) run(`${from} -d ${near} -j RETURN`);
  run(`${from} -m owner ! --uid-owner ${proxyUser} -j REDIRECT --to-ports ${outboundPort}`);
  trustTheRecordingsAuthority();
  resolveEveryName(folder);
  return { gatewayNamespace };
}

/** The only authority that "the system" trusts. */
function trustTheRecordingsAuthority(): void {
  run(`mount --bind ${certificateFile('ca.pem')} /etc/ssl/certs/ca-certificates.crt`);
}

/** A resolver to which every name outside the mesh is the address of `outside`. */
function resolveEveryName(folder: string): void {
  const file = join(folder, 'resolv.conf');
  writeFileSync(file, `nameserver ${addresses.workload}\n`);
  run(`mount --bind ${file} /etc/resolv.conf`);
  const socket = createSocket('udp4').unref();
  socket.on('message', (query, from) => socket.send(answerQuery(query), from.port, from.address));
  socket.bind(53, addresses.workload);
}

/** RFC 1035 4.1: the question again, and for type A one answer that points at its name. */
function answerQuery(query: Buffer): Buffer {
  let end = 12;
  while ((query[end] ?? 0) !== 0) end += (query[end] as number) + 1;
  const question = query.subarray(12, end + 5);
  const hasAnswer = query.readUInt16BE(end + 1) === 1 ? 1 : 0;
  const header = [0x81, 0x80, 0, 1, 0, hasAnswer, 0, 0, 0, 0];
  const answer = [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...outside.split('.').map(Number)];
  return Buffer.concat([
    query.subarray(0, 2),
    Buffer.from(header),
    question,
    Buffer.from(hasAnswer ? answer : []),
  ]);
}

function run(command: string): void {
  const [program = '', ...parameters] = command.split(' ');
  execFileSync(program, parameters, { stdio: ['ignore', 'ignore', 'inherit'] });
}
