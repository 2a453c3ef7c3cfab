import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tryAllFields } from '../tools/field-table/field-table.ts';
import { renderFieldTable } from '../tools/field-table/render.ts';

it('is what comes of each field; npm run fields:write writes it', () => {
  const written = readFileSync(join(import.meta.dirname, 'fields.md'), 'utf8');
  expect(written).toBe(renderFieldTable(tryAllFields()));
});
