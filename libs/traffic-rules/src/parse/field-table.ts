import type { Decoder } from './decoder.js';
import { structureOf } from './decoder.js';
import { kinds } from './kinds.js';

/** A schema as CRDs have it, as far as it says which fields there are. */
export interface FieldSchema {
  properties?: Readonly<Record<string, FieldSchema>>;
  items?: FieldSchema;
}

/** The schemas of a group's kinds, and the release that they are of. */
export interface GroupSchemas {
  group: string;
  version: string;
  kinds: Readonly<Record<string, FieldSchema>>;
}

/** A line for each field: `spec.http[].timeout`, and what becomes of it. */
type Rows = Map<string, string>;

const read = 'read';
const checkedOnly = 'checked; concerns no decision';
const passedOver = 'passed over; the schema is held';

/** Which fields of each kind take part, as a document in Markdown. */
export function renderFieldTable(groups: readonly GroupSchemas[]): string {
  const sections = groups.flatMap(({ group, version, kinds: schemas }) =>
    kinds.flatMap(({ kind, group: own, written = kind, spec }) => {
      if (own !== group || spec === undefined) return [];
      const rows: Rows = new Map();
      addSchema(schemas[written]?.properties?.spec, 'spec', rows);
      addDecoder(spec, 'spec', { rows, use: read });
      const lines = [...rows].map(([path, use]) => `| \`${path}\` | ${use} |`);
      return [
        `## ${written} of ${group} (${version})`,
        ['| field | |', '| --- | --- |', ...lines].join('\n'),
      ];
    }),
  );
  return `${[...heading, ...sections].join('\n\n')}\n`;
}

const heading = [
  '# Fields',
  [
    'Which fields of the routing kinds take part, from the schemas of their CRDs and from the decoders of `libs/traffic-rules/src/parse`. Generated',
    '(`npm run fields:write`), and a test holds the two together.',
  ].join('\n'),
  [
    '- **read**: decisions or issues come of it; where a value of it is refused or can do nothing, an issue of [issues.md](issues.md) says so.',
    '- **checked; concerns no decision**: a wrong value is an error, a good one changes nothing of where requests go.',
    '- **passed over; the schema is held**: types, ranges and rules of the CRD are held as by the API server; the field itself has no effect here.',
    '- What is in no schema is refused (`field-unknown`). Other kinds of these groups are named in a warning (`kind-not-modelled`).',
  ].join('\n'),
];

function addSchema(schema: FieldSchema | undefined, path: string, rows: Rows): void {
  if (schema?.items !== undefined) {
    addSchema(schema.items, `${path}[]`, rows);
    return;
  }
  const fields = Object.entries(schema?.properties ?? {});
  if (fields.length === 0) rows.set(path, passedOver);
  for (const [name, inner] of fields) addSchema(inner, `${path}.${name}`, rows);
}

/** Fields that are read with all that is in them take the place of their parts. */
function addDecoder(decoder: Decoder<unknown>, path: string, into: { rows: Rows; use: string }): void {
  const structure = structureOf(decoder);
  switch (structure?.kind) {
    case 'fields':
      for (const [name, inner] of Object.entries(structure.shape)) addDecoder(inner, `${path}.${name}`, into);
      return;
    case 'list':
      addDecoder(structure.item, `${path}[]`, into);
      return;
    case 'checked':
      addDecoder(structure.of, path, { ...into, use: checkedOnly });
      return;
    default:
      addWhole(path, into);
  }
}

function addWhole(path: string, { rows, use }: { rows: Rows; use: string }): void {
  const parts = [...rows.keys()].filter((row) => row.startsWith(`${path}.`) || row.startsWith(`${path}[`));
  for (const row of parts.length === 0 ? [path] : parts) rows.set(row, use);
}
