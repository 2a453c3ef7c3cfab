import { percentage, type Settings, wholeNumber } from '@grayscale/service-runtime';

/** The settings that make a bad release on purpose. */
export const helloSettings = {
  /** How many requests in a hundred answer 500. */
  ERROR_RATE: percentage(0),
  /** Added to every answer, in milliseconds. */
  LATENCY_MS: wholeNumber({ min: 0, max: 600_000, default: 0 }),
};

/** The values of {@link helloSettings}. */
export type HelloSettings = Settings<typeof helloSettings>;
