import { join } from 'node:path';
import type { Ports } from './ports.ts';

export function etcdArguments(folder: string, { etcd, etcdPeer }: Ports): string[] {
  const [client, peer] = [`http://127.0.0.1:${etcd}`, `http://127.0.0.1:${etcdPeer}`];
  return [
    `--data-dir=${join(folder, 'etcd')}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    // The data is thrown away at the end: nothing is lost when the disk is not waited for.
    '--unsafe-no-fsync',
  ];
}

/** Its keys, tokens and certificates are in the folder. */
export function apiServerArguments(folder: string, { etcd, server }: Ports): string[] {
  const key = join(folder, 'service-account.key');
  return [
    `--etcd-servers=http://127.0.0.1:${etcd}`,
    `--cert-dir=${join(folder, 'certificates')}`,
    '--bind-address=127.0.0.1',
    // An address of documentation (RFC 5737), told to nobody: without one the server wants a network, which a laptop may not have.
    '--advertise-address=192.0.2.1',
    `--secure-port=${server}`,
    `--token-auth-file=${join(folder, 'tokens.csv')}`,
    '--authorization-mode=RBAC',
    '--service-cluster-ip-range=10.96.0.0/16',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${key}`,
    `--service-account-signing-key-file=${key}`,
    // Nobody makes a default ServiceAccount here, and there are no API server endpoints to keep.
    '--disable-admission-plugins=ServiceAccount',
    '--endpoint-reconciler-type=none',
  ];
}
