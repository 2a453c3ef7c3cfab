export { createService, type Service } from './create-service.js';
export { Lifecycle, type LifecycleState } from './lifecycle.js';
export { foreignCaller, OwnOriginGuard } from './own-origin.js';
export { type Problem, ProblemException } from './problem.js';
export { RequestMetrics } from './request-metrics.js';
export { runService } from './run-service.js';
export type { ApplicationModule } from './runtime.module.js';
export type { RuntimeSettings } from './runtime-settings.js';
export type { ServiceOptions } from './service-options.js';
export {
  choice,
  hostName,
  httpUrl,
  percentage,
  type Setting,
  type Settings,
  SettingsError,
  type SettingsShape,
  text,
  wholeNumber,
} from './settings.js';
export { type ShutdownSettings, shutDown } from './shutdown.js';
