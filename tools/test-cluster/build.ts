// npm run cluster:build: what the tests with a real API server need.
import { buildBinaries } from './binaries.ts';

await buildBinaries();
