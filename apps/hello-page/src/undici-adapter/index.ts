export { UndiciTransport } from './undici-transport.js';
