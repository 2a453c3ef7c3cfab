export { HeaderPropagation } from '../header-propagation.js';
export { captureMiddleware } from '../server/index.js';
export { HeaderPropagationInterceptor } from './header-propagation.interceptor.js';
export { HeaderPropagationModule } from './header-propagation.module.js';
export type { ClientOptions, HeaderPropagationModuleOptions } from './options.js';
