import type { Issue } from '../issue.js';
import type { Resource } from '../resources/resource.js';
import { Budget } from './cursor.js';
import { isObject } from './decode.js';
import { decodeDocument } from './document.js';
import { DocumentSource } from './document-source.js';
import { SourceFile } from './source-file.js';
import { type Piece, readPiece, splitStream } from './yaml-stream.js';

export interface Parsed {
  /** The documents that could be read; one with an error in its structure is left out. */
  resources: Resource[];
  issues: Issue[];
}

/**
 * Reads Kubernetes YAML or JSON: several documents, Lists, every kind that matters to routing.
 * Never throws; whatever is wrong with the text is an issue with file, line and column.
 * @param file name to show in issues.
 */
export function parse(text: string, file: string): Parsed {
  const parsed: Parsed = { resources: [], issues: [] };
  const source = new SourceFile(file, text);
  const budget = new Budget(text.length);
  for (const piece of splitStream(text)) {
    readDocuments(piece, source, budget, parsed);
    if (budget.spent) break;
  }
  return parsed;
}

function readDocuments(piece: Piece, source: SourceFile, budget: Budget, parsed: Parsed): void {
  const documents = readPiece(piece.text);
  if (!Array.isArray(documents)) {
    const { code, message, offset } = documents;
    parsed.issues.push({
      ...source.locate(piece.offset + offset),
      code,
      severity: 'error',
      resource: '',
      path: '',
      message,
    });
    return;
  }
  for (const [index, { value, offset }] of documents.entries()) {
    if (value === null || value === undefined) continue;
    for (const [item, itemSource] of items(value, new DocumentSource(source, piece, { index, offset }))) {
      if (budget.spent) return;
      add(decodeDocument(item, itemSource, budget), parsed);
    }
  }
}

function add(decoded: ReturnType<typeof decodeDocument>, parsed: Parsed): void {
  if (decoded.resource !== undefined) parsed.resources.push(decoded.resource);
  for (const issue of decoded.issues) parsed.issues.push(issue);
}

/** A List's items, or the document itself. */
function* items(value: unknown, source: DocumentSource): Generator<[unknown, DocumentSource]> {
  const list = isObject(value) && typeof value.kind === 'string' && /List$/.test(value.kind) && value.items;
  if (!Array.isArray(list)) yield [value, source];
  else for (const [index, item] of list.entries()) yield [item, source.item(index)];
}
