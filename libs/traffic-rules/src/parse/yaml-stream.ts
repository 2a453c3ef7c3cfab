import { constructFromEvents, EVENT_ID, type Event, parseEvents, YAMLException } from 'js-yaml';
import { goYamlSchema } from './go-yaml.js';
import { startOf } from './node-tree.js';

/** One piece of a stream: a document, or text that is none. */
export interface Piece {
  text: string;
  /** Where it starts in the file. */
  offset: number;
}

export interface SyntaxProblem {
  code: 'yaml-syntax' | 'yaml-duplicate-key' | 'yaml-too-deep';
  /** Within the piece. */
  offset: number;
  message: string;
}

/**
 * Cuts a stream at its `---` lines, so that one broken document does not hide the others.
 * A line that starts so is a marker even inside of a block or quoted text: YAML forbids it there.
 */
export function splitStream(text: string): Piece[] {
  const starts = [0];
  for (const marker of text.matchAll(/^---(?=\s|$)/gm)) starts.push(marker.index);
  // Directives stand before the marker of the document that they belong to.
  const preamble = text.slice(0, starts[1] ?? 0);
  if (preamble.split('\n').every((line) => /^\s*(?:[#%]|$)/.test(line))) starts.splice(1, 1);
  return starts.map((offset, index) => ({ text: text.slice(offset, starts[index + 1]), offset }));
}

/** The values of a piece's documents, each with the offset where it starts; `null` for an empty one. */
export function readPiece(piece: string): { value: unknown; offset: number }[] | SyntaxProblem {
  try {
    const events = parseEvents(piece, {});
    const values = constructFromEvents(events, { source: piece, schema: goYamlSchema });
    return documentStarts(events).map((index, document) => ({
      value: values[document],
      offset: startOf(events[index + 1]),
    }));
  } catch (error) {
    return readJson(piece) ?? syntaxProblem(error);
  }
}

/** The indexes of the events that open a document. */
function documentStarts(events: readonly Event[]): number[] {
  return events.flatMap((event, index) => (event.type === EVENT_ID.DOCUMENT ? [index] : []));
}

/** JSON that YAML does not allow, for instance with a tab as indentation. */
function readJson(text: string): { value: unknown; offset: number }[] | undefined {
  const start = /^\s*/.exec(text)?.[0].length ?? 0;
  if (text[start] !== '{' && text[start] !== '[') return undefined;
  try {
    return [{ value: JSON.parse(text), offset: start }];
  } catch {
    return undefined;
  }
}

function syntaxProblem(error: unknown): SyntaxProblem {
  if (!(error instanceof YAMLException))
    return { code: 'yaml-too-deep', offset: 0, message: 'the document is nested too deeply to be read.' };
  const { reason, mark } = error;
  const offset = mark?.position ?? 0;
  if (reason.includes('maxDepth'))
    return { code: 'yaml-too-deep', offset, message: 'the document is nested more than 100 levels deep.' };
  if (reason.startsWith('duplicated'))
    return {
      code: 'yaml-duplicate-key',
      offset,
      message: 'this field is written twice in one object; keep one of the two.',
    };
  return { code: 'yaml-syntax', offset, message: `this is not valid YAML: ${reason}${hint(reason)}.` };
}

function hint(reason: string): string {
  if (reason.includes('tab')) return '; indent with spaces';
  return reason.includes('indentation') ? '; line the field up with its neighbours' : '';
}
