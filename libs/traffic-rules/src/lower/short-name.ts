import { isIP } from 'node:net';

/** The domain of Kubernetes' own DNS names; Istio's default, and what every laptop's rules assume. */
export const clusterDomain = 'cluster.local';

/**
 * A name without a dot is a service of the document's own namespace; every other name is taken as it is,
 * so that `hello.hello-1` names no Kubernetes service (Istio, config.go ResolveShortnameToFQDN).
 */
export function qualifyHost(host: string, namespace: string): string {
  if (host === '' || host === '*' || host.includes('.') || isIP(host) !== 0) return host;
  return `${host}.${namespace}.svc.${clusterDomain}`;
}
