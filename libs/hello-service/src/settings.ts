import { choice, percentage, type Settings, wholeNumber } from '@grayscale/service-runtime';

/** Ten minutes: longer than any client waits. */
export const maximumLatencyMs = 600_000;

/** The settings that make a bad release on purpose. */
export const helloSettings = {
  /** How many requests in a hundred answer 500. */
  ERROR_RATE: percentage(0),
  /** Added to every answer, in milliseconds. */
  LATENCY_MS: wholeNumber({ min: 0, max: maximumLatencyMs, default: 0 }),
  /** Whether callers of this machine may change the faults while the service runs: `PUT /faults`. */
  FAULT_CONTROL: choice(['off', 'on'], 'off'),
};

/** The values of {@link helloSettings}. */
export type HelloSettings = Settings<typeof helloSettings>;
