import { readFile } from 'node:fs/promises';
import { UsageError } from '@grayscale/command-line';

/**
 * The headers that an application sends on, in lower case: names with commas between them, or a JSON file of
 * header-propagation's rules, such as `grayscale headers` writes.
 *
 * @throws UsageError when the file cannot be read, or holds something else
 */
export async function forwardedHeaders(text: string): Promise<string[]> {
  const names = text.endsWith('.json') ? await readRules(text) : text.split(',');
  return names.map((name) => name.trim().toLowerCase()).filter((name) => name !== '');
}

async function readRules(file: string): Promise<string[]> {
  let rules: unknown;
  try {
    rules = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new UsageError(`--forwarded-headers ${file}: ${(error as Error).message}`);
  }
  if (!Array.isArray(rules)) {
    throw new UsageError(
      `--forwarded-headers ${file}: a list of rules is needed, as grayscale headers writes it.`,
    );
  }
  return rules.map((rule, index) => outgoingName(rule, `--forwarded-headers ${file}: [${index}]`));
}

/** Where a rule sends its value; a member of baggage travels in that header. */
function outgoingName(rule: unknown, where: string): string {
  if (typeof rule === 'string') return rule;
  const { to, header, bucket, toBaggage, baggage } = Object(rule) as Record<string, unknown>;
  const name = to ?? bucket ?? header ?? ((toBaggage ?? baggage) ? 'baggage' : undefined);
  if (typeof name === 'string') return name;
  throw new UsageError(
    `${where}: not a rule of header-propagation. Write a header's name or { "header": "user" }.`,
  );
}
