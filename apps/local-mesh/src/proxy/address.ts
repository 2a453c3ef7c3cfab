/** Where to connect to: an IP address or a name, and a port; or a UNIX socket's path and port 0. */
export interface Address {
  host: string;
  port: number;
}

/** `10.0.0.1:80`, `[::1]:80`; also the key of everything that is kept for one server. */
export function addressText({ host, port }: Address): string {
  return `${hostText(host)}:${port}`;
}

/** As in a URL: `10.0.0.1`, `[::1]`. */
export function hostText(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
