import { isIPv6 } from 'node:net';
import { hostName, httpUrl, type Settings, text, wholeNumber } from '@grayscale/service-runtime';
import type { ConfigService } from '@nestjs/config';

/** What hello-page calls, and how. */
export const helloPageSettings = {
  /** The service that greets. A sidecar or the local mesh decides which version of it answers. */
  HELLO_SERVICE: hostName('hello.com'),
  HELLO_PORT: wholeNumber({ min: 1, max: 65_535, default: 80 }),
  /** How long it may take in all, in milliseconds. */
  HELLO_TIMEOUT_MS: wholeNumber({ min: 1, max: 600_000, default: 5000 }),
  /** The local mesh; unset in a cluster. The HTTP client reads the variables itself, here they are checked. */
  HTTP_PROXY: httpUrl(),
  http_proxy: httpUrl(),
  NO_PROXY: text(),
  no_proxy: text(),
  /** The local mesh's admin side, for the live page. */
  LOCAL_MESH_ADMIN: httpUrl(),
  /** The release controller of this machine, for the live page; unset in a cluster. */
  RELEASE_CONTROLLER: httpUrl(),
  /** A service that was started with `FAULT_CONTROL=on`: the live page makes it bad, and good again. */
  FAULT_CONTROL_URL: httpUrl(),
};

/** The URL that greets. */
export function helloUrl(config: ConfigService<HelloPageSettings, true>): URL {
  const host = config.get('HELLO_SERVICE', { infer: true });
  const port = config.get('HELLO_PORT', { infer: true });
  return new URL(`http://${isIPv6(host) ? `[${host}]` : host}:${port}/hello`);
}

/** The values of {@link helloPageSettings}. */
export type HelloPageSettings = Settings<typeof helloPageSettings>;
