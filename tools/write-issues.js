// `npm run issues:write` writes docs/issues.md from the catalogue in the code.
import { writeFileSync } from 'node:fs';
import { renderIssueCatalogue } from '@grayscale/manifest-files';

writeFileSync(new URL('../docs/issues.md', import.meta.url), renderIssueCatalogue());
