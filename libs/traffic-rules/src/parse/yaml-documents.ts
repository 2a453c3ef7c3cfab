import { isObject } from '../fields/object.js';
import type { Issue } from '../issue.js';
import { DocumentSource } from './document-source.js';
import { SourceFile, type TextKind } from './source-file.js';
import { type Piece, readPiece, splitStream } from './yaml-stream.js';

/** One document, or one item of a List, before its kind is looked at. */
export interface YamlDocument {
  /** What is written, as JSON. */
  value: unknown;
  /** Where it is written, down to the character. */
  source: DocumentSource;
}

/**
 * Reads YAML or JSON as kubectl does, several documents in one text, without regard to what they are.
 * Never throws; a document that cannot be read is an issue with file, line and column, and hides no other.
 * @param file name to show in issues.
 */
export function readYaml(
  text: string,
  file: string,
  kind: TextKind = 'file',
): { documents: YamlDocument[]; issues: Issue[] } {
  const issues: Issue[] = [];
  return { documents: [...documentsOf(new SourceFile(file, text, kind), issues)], issues };
}

/** Whether there is anything in a text but comments: a document, or what cannot be read as one. Reads no further than that. */
export function holdsDocuments(text: string, file: string): boolean {
  const issues: Issue[] = [];
  for (const _ of documentsOf(new SourceFile(file, text), issues)) return true;
  return issues.length > 0;
}

/** The documents of a text that have a value, one after the other. */
export function* documentsOf(source: SourceFile, issues: Issue[]): Generator<YamlDocument> {
  for (const piece of splitStream(source.text)) yield* documentsOfPiece(piece, source, issues);
}

function* documentsOfPiece(piece: Piece, source: SourceFile, issues: Issue[]): Generator<YamlDocument> {
  const { value, offset, problem } = readPiece(piece);
  if (problem !== undefined) {
    const { code, severity, message } = problem;
    const place = source.locate(piece.offset + problem.offset);
    issues.push({ ...place, code, severity, resource: '', path: '', message });
  }
  if (value === null || value === undefined) return;
  yield { value, source: new DocumentSource(source, piece, offset) };
}

/** A List's items, or the document itself. */
export function* objectsIn({ value, source }: YamlDocument): Generator<YamlDocument> {
  const list = isObject(value) && typeof value.kind === 'string' && /List$/.test(value.kind) && value.items;
  if (!Array.isArray(list)) yield { value, source };
  else for (const [index, item] of list.entries()) yield { value: item, source: source.item(index) };
}
