import { parseDocument, TooDeep } from './yaml/parser.js';
import { YamlError } from './yaml/reader.js';
import { DuplicateKey, documentValue } from './yaml/value.js';

/** One piece of a stream: what kubectl takes for a document. */
export interface Piece {
  text: string;
  /** Where it starts in the file. */
  offset: number;
}

export interface SyntaxProblem {
  code: 'yaml-syntax' | 'yaml-duplicate-key' | 'yaml-too-deep' | 'yaml-text-ignored';
  severity: 'error' | 'warning';
  /** Within the piece. */
  offset: number;
  message: string;
}

/** What a piece says: a value, `undefined` for none, where it starts, and what is wrong. */
export interface PieceContent {
  value?: unknown;
  offset: number;
  problem?: SyntaxProblem;
}

/**
 * Cuts a stream at its lines that begin with `---`, whatever is around them, as kubectl does before it looks at the YAML
 * (k8s.io/apimachinery, pkg/util/yaml/decoder.go, YAMLReader). So one broken document does not hide the others, and a directive
 * stands alone.
 */
export function splitStream(text: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  const add = (to: number) => pieces.push({ text: pieceText(text.slice(from, to), from), offset: from });
  for (const line of markerLines(text)) {
    // The line that opens a piece belongs to it: a second one is what parts them.
    if (line.start === from) continue;
    add(line.start);
    from = line.isPlain ? line.end : line.start;
  }
  add(text.length);
  return pieces;
}

/** The lines that begin with `---`, and whether nothing but a comment follows. A line ends with LF here. */
function* markerLines(text: string): Generator<{ start: number; end: number; isPlain: boolean }> {
  for (let start = text.startsWith('---') ? 0 : nextMarker(text, 0); start >= 0; ) {
    const lineBreak = text.indexOf('\n', start);
    const end = lineBreak < 0 ? text.length : lineBreak + 1;
    yield { start, end, isPlain: isPlainMarker(text.slice(start, end)) };
    start = nextMarker(text, end - 1);
  }
}

/** Whether `---` has nothing but a comment behind it. Go's blanks are JavaScript's, without the byte order mark and with NEL. */
function isPlainMarker(line: string): boolean {
  return /^---(?:[^\S\uFEFF]|\u0085)*(?:#|$)/.test(line);
}

function nextMarker(text: string, from: number): number {
  const before = text.indexOf('\n---', from);
  return before < 0 ? -1 : before + 1;
}

/** kubectl steps over the blanks before the brace of a file that may be JSON; tabs are not allowed there in YAML. */
function pieceText(text: string, offset: number): string {
  const blanks = offset === 0 ? text.search(/\S/) : -1;
  return text[blanks] === '{' ? text.slice(0, blanks).replaceAll('\t', ' ') + text.slice(blanks) : text;
}

/** The value of a piece's document. What is wrong with it is a problem, never an exception. */
export function readPiece({ text, offset: pieceOffset }: Piece): PieceContent {
  if (text.startsWith('---') && !isPlainMarker(text.split('\n', 1)[0] ?? ''))
    return failed(
      'yaml-syntax',
      0,
      'kubectl allows nothing but a comment after "---"; put the rest on the next line',
    );
  try {
    const { root, rest } = parseDocument(text.endsWith('\n') ? text : `${text}\n`);
    if (root === undefined) return { offset: 0 };
    const content = { value: documentValue(root), offset: root.start };
    return { ...content, ...ignored(text, rest) };
  } catch (error) {
    return (pieceOffset === 0 ? readJson(text) : undefined) ?? failure(error);
  }
}

/** kubectl reads one document between two `---` lines, and says nothing of what comes behind it. */
function ignored(text: string, rest: number): { problem?: SyntaxProblem } {
  let at = text.startsWith('...', rest) ? rest + 3 : rest;
  for (const line of text.slice(at).split('\n')) {
    const first = line.search(/\S/);
    if (first >= 0 && line[first] !== '#') return { problem: ignoredFrom(at + first) };
    at += line.length + 1;
  }
  return {};
}

function ignoredFrom(offset: number): SyntaxProblem {
  const message =
    'kubectl does not read this: the document has ended before it. Begin another one with a "---" line.';
  return { code: 'yaml-text-ignored', severity: 'warning', offset, message };
}

/** JSON that YAML does not allow, for instance with `\/` in a string: kubectl tries it first. */
function readJson(text: string): PieceContent | undefined {
  const offset = text.search(/\S/);
  if (text[offset] !== '{') return undefined;
  try {
    return { value: JSON.parse(text), offset };
  } catch {
    return undefined;
  }
}

function failure(error: unknown): PieceContent {
  if (!(error instanceof YamlError)) throw error;
  const { offset, message } = error;
  if (error instanceof TooDeep) return failed('yaml-too-deep', offset, message);
  if (error instanceof DuplicateKey) return failed('yaml-duplicate-key', offset, message);
  return failed('yaml-syntax', offset, `this is not valid YAML: ${message}`);
}

function failed(code: SyntaxProblem['code'], offset: number, message: string): PieceContent {
  return { offset, problem: { code, severity: 'error', offset, message: `${message}.` } };
}
