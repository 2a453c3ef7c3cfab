// `npm run fields:write` writes docs/fields.md from what the engine does with every field of the schemas.
import { writeFileSync } from 'node:fs';
import { tryAllFields } from './field-table.ts';
import { renderFieldTable } from './render.ts';

writeFileSync(new URL('../../docs/fields.md', import.meta.url), renderFieldTable(tryAllFields()));
