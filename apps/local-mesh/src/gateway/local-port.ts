/** What is added to a port of a gateway that only an administrator may listen on, as Istio's own installation does: 80 is 8080, 443 is 8443. */
const offset = 8000;

/** Where a port of a gateway is listened on, unless it is said otherwise. */
export function localPortOf(port: number): number {
  return port < 1024 ? port + offset : port;
}
