export { HelloModule, type HelloOptions } from './hello.module.js';
export { type HelloSettings, helloSettings } from './settings.js';
