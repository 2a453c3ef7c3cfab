import { isIP } from 'node:net';

/** One `--resolve HOST:PORT:ADDRESS`; undefined stands for `*`. */
export interface ResolveOverride {
  host: string | undefined;
  port: number | undefined;
  address: string;
}

/**
 * Reads curl's form: `hello.com:80:127.0.0.1`, `*:*:127.0.0.20`, `[::1]:80:[::2]`.
 * @throws RangeError that says what the form is
 */
export function parseResolveOverride(text: string): ResolveOverride {
  const [, host, port, bracketed, plain] =
    /^(\*|\[[0-9a-f:.]+\]|[^:[\]\s*]+):(\*|\d{1,5}):(?:\[([^[\]]+)\]|([^[\]]+))$/i.exec(text) ?? [];
  const address = bracketed ?? plain ?? '';
  if (host === undefined || isIP(address) === 0 || Number(port) === 0 || Number(port) > 65_535) {
    throw new RangeError(
      `${text} is not HOST:PORT:ADDRESS, for instance hello.com:80:127.0.0.1 or *:*:127.0.0.20; ADDRESS is an IP address.`,
    );
  }
  return {
    host: host === '*' ? undefined : canonicalHost(host),
    port: port === '*' ? undefined : Number(port),
    address,
  };
}

/** Where a name leads by the overrides: the most exact one counts (host before port), of equal ones the last. */
export function createResolver(
  overrides: readonly ResolveOverride[],
): (host: string, port: number) => { host: string; port: number } | undefined {
  const addresses = new Map(
    overrides.map(({ host, port, address }) => [`${host ?? '*'} ${port ?? '*'}`, address]),
  );
  return (host, port) => {
    const name = canonicalHost(host);
    const address =
      addresses.get(`${name} ${port}`) ??
      addresses.get(`${name} *`) ??
      addresses.get(`* ${port}`) ??
      addresses.get('* *');
    return address === undefined ? undefined : { host: address, port };
  };
}

function canonicalHost(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
}
