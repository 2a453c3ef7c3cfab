import { readYaml } from '@grayscale/traffic-rules';

/** How a file writes its block collections. */
export interface BlockStyle {
  /** Blanks by which a mapping stands further in than its key. */
  indent: number;
  /** Blanks by which a list's dashes stand further in than its key: 0 or `indent`, mostly. */
  dash: number;
}

/** The lines of a value in block style, as they stand at the left margin. */
export function blockLines(value: unknown, style: BlockStyle): string[] {
  if (isFilled(value)) return Array.isArray(value) ? itemLines(value, style) : fieldLines(value, style);
  return [flowText(value, 'yaml')];
}

function fieldLines(fields: object, style: BlockStyle): string[] {
  return Object.entries(fields).flatMap(([key, value]) => {
    const name = scalarText(key, 'yaml');
    const lines = blockLines(value, style);
    if (!isFilled(value)) return [`${name}: ${lines[0]}`];
    return [`${name}:`, ...shifted(lines, Array.isArray(value) ? style.dash : style.indent)];
  });
}

/** The content of an item stands two blanks behind its dash, whatever the file does elsewhere: both are valid, this is common. */
function itemLines(items: readonly unknown[], style: BlockStyle): string[] {
  return items.flatMap((item) => {
    const [first = '', ...rest] = blockLines(item, style);
    return [`- ${first}`, ...shifted(rest, 2)];
  });
}

export function shifted(lines: readonly string[], blanks: number): string[] {
  return lines.map((line) => ' '.repeat(blanks) + line);
}

/** A value on one line: `{host: a, port: {number: 80}}`, or as JSON. */
export function flowText(value: unknown, form: 'yaml' | 'json'): string {
  if (typeof value !== 'object' || value === null) return scalarText(value, form);
  if (Array.isArray(value)) return `[${value.map((item) => flowText(item, form)).join(', ')}]`;
  const fields = Object.entries(value).map(
    ([key, item]) => `${scalarText(key, form)}: ${flowText(item, form)}`,
  );
  return `{${fields.join(', ')}}`;
}

/** Names, hosts, paths, durations, addresses: what nobody would put in quotes. */
const plain = /^(?:[A-Za-z_/][\w./-]*|\d+(?:ms|[smh])|\d+(?:\.\d+){3})$/;

/** A scalar that reads as the same value: plain where kubectl reads it as a text, else in quotes. */
export function scalarText(value: unknown, form: 'yaml' | 'json'): string {
  if (typeof value !== 'string' || form === 'json') return JSON.stringify(value);
  if (plain.test(value) && readsAs(value, value)) return value;
  const quoted = JSON.stringify(value);
  // A regular expression reads better without doubled backslashes.
  const single = `'${value.replaceAll("'", "''")}'`;
  return quoted.includes('\\') && /^[ -~]*$/.test(value) && readsAs(single, value) ? single : quoted;
}

function readsAs(text: string, value: unknown): boolean {
  return readYaml(text, '').documents[0]?.value === value;
}

function isFilled(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}
