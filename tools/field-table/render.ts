import { parse, routingKinds } from '@grayscale/traffic-rules';
import type { Outcome } from './experiment.ts';
import type { KindOfFields, Row } from './field-table.ts';
import { reasons } from './samples.ts';

/** A line: a field, or all of a part where the same is true of each. */
interface Line {
  field: string;
  verdict: string;
}

/** The table as a document in Markdown. @throws Error for a field without effect and without a reason, and for a reason that is not needed */
export function renderFieldTable(kinds: readonly KindOfFields[]): string {
  const sections = kinds.map(({ kind, group, version, rows }) => {
    const lines = together(linesOf(rows, new Reasons(`${kind} of ${group}`)));
    return [
      `## ${kind} of ${group} (${version})`,
      [
        '| field | |',
        '| --- | --- |',
        ...lines.map(({ field, verdict }) => `| ${field} | ${verdict} |`),
      ].join('\n'),
    ].join('\n\n');
  });
  return `${[...heading, ...sections, ...otherKinds()].join('\n\n')}\n`;
}

const heading = [
  '# Fields',
  [
    'What becomes of each field of the routing kinds. Generated (`npm run fields:write`): every field of the schemas of the CRDs is written into a sample and left out of it',
    '(`tools/field-table/samples`), both go through what `check`, `explain` and the local mesh do, and the table says what was different. A test holds the two together.',
  ].join('\n'),
  [
    '- **obeyed**: decisions, clusters or rules differ by it. The local mesh does what they say ([conformance](../conformance/REPORT.md)).',
    '- **warned of**, **noted**, **refused**: a warning, a remark or an error with this code of [issues.md](issues.md) comes with it.',
    '- **the default**: the same as without the field.',
    '- **no effect**: nothing differs, for the reason that follows.',
    '- What is in no schema is refused (`field-unknown`, `api-server-refuses-field`); fields of the experimental channel stand at the end of their kind. `x.*` stands for all that is in `x`.',
  ].join('\n'),
];

function linesOf(rows: readonly Row[], why: Reasons): Line[] {
  const lines = rows.map((row) => {
    const { field, value, outcome } = row;
    const name = value === undefined ? field : `${field}: ${value}`;
    return {
      field: `\`${name}\``,
      verdict: verdictOf(outcome) ?? why.of(name) ?? theDefault(row, rows) ?? '',
    };
  });
  const unexplained = lines.filter(({ verdict }) => verdict === '').map(({ field }) => field);
  if (unexplained.length + why.unused.size > 0)
    throw new Error(
      `without effect and without a reason:\n${unexplained.join('\n')}\nreasons for nothing:\n${[...why.unused].join('\n')}`,
    );
  return lines;
}

function verdictOf({ refused, warned, noted, isObeyed }: Outcome): string | undefined {
  const parts = [
    ...(isObeyed ? ['obeyed'] : []),
    ...named('refused', refused),
    ...named('warned of', warned),
    ...named('noted', noted),
  ];
  return parts.length === 0 ? undefined : parts.join('; ');
}

function named(what: string, codes: ReadonlySet<string>): string[] {
  const list = [...codes].sort().map((code) => `\`${code}\``);
  return list.length === 0 ? [] : [`${what}: ${list.join(', ')}`];
}

/** Of a value that changes nothing, while others of the field do. */
function theDefault({ field, value }: Row, rows: readonly Row[]): string | undefined {
  const isOneOfMany = rows.some((row) => row.field === field && row.value !== value && row.outcome.isObeyed);
  return value !== undefined && isOneOfMany ? 'the default' : undefined;
}

/** Why fields of a kind have no effect. */
class Reasons {
  readonly #ofKind: ReadonlyArray<[part: string, reason: string]>;
  readonly unused: Set<string>;

  constructor(kind: string) {
    this.#ofKind = Object.entries(reasons[kind] ?? {});
    this.unused = new Set(this.#ofKind.map(([part]) => part));
  }

  of(name: string): string | undefined {
    const [part, reason] =
      this.#ofKind.find(
        ([one]) =>
          name === one ||
          name.startsWith(`${one}.`) ||
          name.startsWith(`${one}[`) ||
          name.startsWith(`${one}:`),
      ) ?? [];
    if (part === undefined) return undefined;
    this.unused.delete(part);
    return `no effect: ${reason}`;
  }
}

/** One line in the place of several, where all that is in a part has the same verdict, which is not `obeyed`. */
function together(lines: readonly Line[]): Line[] {
  const result: Line[] = [];
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] as Line;
    const part = line.verdict === 'obeyed' ? undefined : commonPart(lines, at);
    const length = part === undefined ? 1 : lines.slice(at).findIndex(({ field }) => !isIn(field, part));
    const end = length < 0 ? lines.length : at + length;
    result.push(part === undefined || end - at < 2 ? line : { ...line, field: `\`${part}.*\`` });
    at = part === undefined ? at + 1 : end;
  }
  return result;
}

/** The greatest part around a line that begins there and is of one verdict throughout. */
function commonPart(lines: readonly Line[], at: number): string | undefined {
  const { field, verdict } = lines[at] as Line;
  const path = field.slice(1, -1).replace(/:.*$/, '');
  const parts = path.split('.').map((_, index, all) => all.slice(0, index + 1).join('.'));
  return parts.slice(1, -1).find((part) => {
    const within = lines.filter((line) => isIn(line.field, part));
    return within[0] === lines[at] && within.every((line) => line.verdict === verdict);
  });
}

function isIn(field: string, part: string): boolean {
  return field.startsWith(`\`${part}.`);
}

/** Kinds that take part in routing as a whole or not at all. */
function otherKinds(): string[] {
  const lines = routingKinds
    .filter(({ versions }) => versions.length === 0)
    .map(({ group, kind }) => {
      const { issues } = parse(
        JSON.stringify({ apiVersion: `${group}/v1`, kind, metadata: { name: 'sample' } }),
        'sample.json',
      );
      return `| \`${kind}\` of ${group} | ${named('warned of', new Set(issues.map(({ code }) => code))).join('')} |`;
    });
  return ['## Other kinds', ['| kind | |', '| --- | --- |', ...lines].join('\n')];
}
