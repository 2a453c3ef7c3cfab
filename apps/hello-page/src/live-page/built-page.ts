import { fileURLToPath } from 'node:url';

/** The folder where `npm run build:web` puts the page; the same from src/live-page and from dist/live-page. */
export const builtPage: string = fileURLToPath(new URL('../../dist/web', import.meta.url));
