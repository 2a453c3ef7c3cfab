import { httpUrl, type Setting, type Settings, wholeNumber } from '@grayscale/service-runtime';

/** Where the controller finds plans, rules and counts. */
export const releaseControllerSettings = {
  /** The folder of the plans. */
  PLANS: folder('k8s/release'),
  /** Files, folders and kustomizations that have the rules, separated by commas. */
  RULES: paths(['k8s/internal']),
  /** Metrics endpoints of the callers' sidecars, or of the local mesh, separated by commas. */
  METRICS: urls(['http://127.0.0.1:15000/stats/prometheus']),
  /** Prometheus, instead of the endpoints. */
  PROMETHEUS: httpUrl(),
  /** The time between two looks, in milliseconds. */
  LOOK_INTERVAL_MS: wholeNumber({ min: 100, max: 600_000, default: 1000 }),
};

/** The values of {@link releaseControllerSettings}. */
export type ReleaseControllerSettings = Settings<typeof releaseControllerSettings>;

function folder(fallback: string): Setting<string> {
  return { expected: 'the path of a folder', fallback, parse: (text) => text };
}

function paths(fallback: readonly string[]): Setting<readonly string[]> {
  return { expected: 'paths, separated by commas', fallback, parse: listOf };
}

function urls(fallback: readonly string[]): Setting<readonly string[]> {
  return {
    expected: 'http:// or https:// URLs, separated by commas',
    fallback,
    parse: (text) =>
      listOf(text)?.every((url) => URL.canParse(url) && /^https?:/.test(url)) ? listOf(text) : undefined,
  };
}

function listOf(text: string): string[] | undefined {
  const parts = text.split(',').map((part) => part.trim());
  return parts.every((part) => part !== '') ? parts : undefined;
}
