import { choice, hostName, type Settings, wholeNumber } from './settings.js';

/** The settings that every service has, beside its own. */
export function runtimeSettings(defaultPort: number, environment: NodeJS.ProcessEnv) {
  const production = environment.NODE_ENV === 'production';
  return {
    /** Where the service listens; 0 picks a free port. */
    PORT: wholeNumber({ min: 0, max: 65_535, default: defaultPort }),
    /** The local address it listens on: in a container all of them, on a laptop none that others can reach. */
    HOST: hostName(production ? '0.0.0.0' : '127.0.0.1'),
    /** How long a stopping service still takes new requests after readiness turned false, in milliseconds. */
    SHUTDOWN_DELAY_MS: wholeNumber({ min: 0, max: 600_000, default: 1000 }),
    /** How long stopping may take in all, the delay included, in milliseconds. */
    SHUTDOWN_GRACE_MS: wholeNumber({ min: 0, max: 3_600_000, default: 10_000 }),
    /** One JSON object a line, or lines for people. */
    LOG_FORMAT: choice(['text', 'json'], production ? 'json' : 'text'),
    /** Which requests get a line in the log. */
    REQUEST_LOG: choice(['all', 'errors', 'none'], 'all'),
  };
}

/** The values of {@link runtimeSettings}. */
export type RuntimeSettings = Settings<ReturnType<typeof runtimeSettings>>;
