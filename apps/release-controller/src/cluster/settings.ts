import { accessSync, constants } from 'node:fs';
import { httpUrl, type Setting, type Settings, wholeNumber } from '@grayscale/service-runtime';

/** What the controller of a cluster is told by its Deployment. */
export const clusterControllerSettings = {
  /** Whose GrayReleases are carried out, separated by commas; all namespaces where unset. */
  NAMESPACES: namespaces(),
  /** Metrics endpoints of the callers, separated by commas, in place of Prometheus: to try it out on one machine. */
  METRICS: urls(),
  /** Where requests are counted; the address is that of the addon that comes with Istio. */
  PROMETHEUS: { ...httpUrl(), fallback: 'http://prometheus.istio-system:9090' } as Setting<string>,
  /** A bearer token for it; files are read anew for each request. */
  PROMETHEUS_BEARER_TOKEN_FILE: file(),
  /** `USER:PASSWORD` for it. */
  PROMETHEUS_BASIC_AUTH_FILE: file(),
  /** The certificates to trust there, in PEM, instead of the system's. */
  PROMETHEUS_CA_FILE: file(),
  /** Headers for it, such as the tenant: `X-Scope-OrgID: shop; X-Other: a`. */
  PROMETHEUS_HEADERS: headers(),
  /** The time between two looks at a release, in milliseconds. */
  LOOK_INTERVAL_MS: wholeNumber({ min: 100, max: 600_000, default: 1000 }),
  /** For how long a leader that is silent is believed in, in milliseconds. */
  LEASE_DURATION_MS: wholeNumber({ min: 1000, max: 600_000, default: 15_000 }),
};

/** The values of {@link clusterControllerSettings}. */
export type ClusterControllerSettings = Settings<typeof clusterControllerSettings>;

function urls(): Setting<readonly string[] | undefined> {
  return {
    expected: 'http:// or https:// URLs, separated by commas',
    fallback: undefined,
    parse(text) {
      const parts = text.split(',').map((part) => part.trim());
      return parts.every((part) => URL.canParse(part) && /^https?:/.test(part)) ? parts : undefined;
    },
  };
}

function namespaces(): Setting<readonly string[] | undefined> {
  return {
    expected: 'names of namespaces, separated by commas',
    fallback: undefined,
    parse(text) {
      const names = text.split(',').map((name) => name.trim());
      return names.every((name) => /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name)) ? names : undefined;
    },
  };
}

function file(): Setting<string | undefined> {
  return {
    expected: 'the path of a file that can be read',
    fallback: undefined,
    parse(path) {
      try {
        accessSync(path, constants.R_OK);
        return path;
      } catch {
        return undefined;
      }
    },
  };
}

function headers(): Setting<Readonly<Record<string, string>> | undefined> {
  return {
    expected: 'headers such as "X-Scope-OrgID: shop", separated by semicolons',
    fallback: undefined,
    parse(text) {
      const lines = text.split(';').map((line) => line.trim());
      const pairs = lines.filter((line) => line !== '').map(headerIn);
      return pairs.every((pair) => pair !== undefined) ? Object.fromEntries(pairs) : undefined;
    },
  };
}

function headerIn(line: string): [name: string, value: string] | undefined {
  const colon = line.indexOf(':');
  const [name, value] = [line.slice(0, Math.max(colon, 0)).trim(), line.slice(colon + 1).trim()];
  return /^[\w!#$%&'*+.^`|~-]+$/.test(name) && !/[\r\n]/.test(value) ? [name, value] : undefined;
}
