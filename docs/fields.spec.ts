import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type GroupSchemas, renderFieldTable } from '@grayscale/traffic-rules';

const root = join(import.meta.dirname, '..');

it('is what the code reads; npm run fields:write writes it', () => {
  const schemas = ['istio', 'gateway-api'].map(
    (name) =>
      JSON.parse(readFileSync(join(root, `libs/traffic-rules/schemas/${name}.json`), 'utf8')) as GroupSchemas,
  );
  expect(readFileSync(join(root, 'docs/fields.md'), 'utf8')).toBe(renderFieldTable(schemas));
});
