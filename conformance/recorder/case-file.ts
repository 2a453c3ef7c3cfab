import { Document, parse, visit } from 'yaml';
import type { Answer } from '../src/cases.ts';
import type { Recording } from './recording.ts';

/** The text of a case with what was recorded in the place of what it had: everything before its exchanges stays as it is. */
export function withRecording(text: string, { refused, errors, conditions, answers }: Recording): string {
  const { exchanges } = parse(text) as { exchanges: Array<{ request: object }> };
  const [head = '', config = ''] = withoutKeys(text, ['refused', 'errors', 'conditions', 'exchanges']).split(
    /^(?=config:)/m,
  );
  const told = [
    ...(Object.keys(conditions).length > 0 ? [conditionLines(conditions)] : []),
    ...(errors.length > 0 ? [`errors: ${inline(errors)}\n`] : []),
    ...(refused.length > 0 ? [`refused: ${inline(refused)}\n`] : []),
  ];
  const list = exchanges.map(
    ({ request }, index) => `- request: ${inline(request)}\n${answerText(answers[index] ?? {})}`,
  );
  return `${head}${told.join('')}${config}exchanges:\n${list.join('')}`;
}

function answerText(answer: Partial<Answer>): string {
  const lines = Object.entries(answer).map(([key, value]) =>
    key === 'upstream' ? `    upstream:\n${keyLines(value as object, 6)}` : `    ${key}: ${inline(value)}\n`,
  );
  return `  answer:\n${lines.join('')}`;
}

function keyLines(object: object, spaces: number): string {
  return Object.entries(object)
    .map(([key, value]) => `${' '.repeat(spaces)}${key}: ${inline(value)}\n`)
    .join('');
}

/** Top-level keys and what belongs to them. */
function withoutKeys(text: string, keys: readonly string[]): string {
  let isLeft = false;
  const lines = text.split(/(?<=\n)/).filter((line) => {
    const key = /^[a-z]+(?=:)/i.exec(line)?.[0];
    if (key !== undefined) isLeft = keys.includes(key);
    return !isLeft;
  });
  return lines.join('');
}

function inline(value: unknown): string {
  const document = new Document(value);
  visit(document, {
    // In single quotes a line break would end the line.
    Scalar(_key, node) {
      if (typeof node.value === 'string' && node.value.includes('\n')) node.type = 'QUOTE_DOUBLE';
    },
  });
  return document.toString(oneLine).trimEnd();
}

const oneLine = {
  collectionStyle: 'flow',
  flowCollectionPadding: false,
  lineWidth: 0,
  singleQuote: true,
  doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER,
} as const;

function conditionLines(conditions: Recording['conditions']): string {
  const routes = Object.entries(conditions).map(([route, parents]) => {
    if (parents.length === 0) return `  ${route}: []\n`;
    const lines = parents.map((parent) => `  - ${inline(parent)}\n`);
    return `  ${route}:\n${lines.join('')}`;
  });
  return `conditions:\n${routes.join('')}`;
}
