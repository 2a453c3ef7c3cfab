// `npm run fields:write` writes docs/fields.md from the schemas of the CRDs and the decoders.
import { readFileSync, writeFileSync } from 'node:fs';
import { renderFieldTable } from '@grayscale/traffic-rules';

const schemas = ['istio', 'gateway-api'].map((name) =>
  JSON.parse(readFileSync(new URL(`../libs/traffic-rules/schemas/${name}.json`, import.meta.url), 'utf8')),
);
writeFileSync(new URL('../docs/fields.md', import.meta.url), renderFieldTable(schemas));
