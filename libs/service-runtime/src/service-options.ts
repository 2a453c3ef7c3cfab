import type { SettingsShape } from './settings.js';

/** What a service says about itself when it starts. */
export interface ServiceOptions<Shape extends SettingsShape = SettingsShape> {
  /** Its name in logs and messages. */
  readonly name: string;
  /** The port when `PORT` is unset. */
  readonly defaultPort: number;
  /** Its own settings beside those of every service; read with the global `ConfigService`. */
  readonly settings?: Shape;
  /** Where settings are read from; `process.env` by default. */
  readonly environment?: NodeJS.ProcessEnv;
}
