export { LivePageModule } from './live-page.module.js';
