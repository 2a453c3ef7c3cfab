import { formatPath, type Path, parsePath } from '../fields/path.js';
import type { Location } from '../issue.js';
import type { Source } from '../source.js';
import type { SourceFile } from './source-file.js';
import { nodeAt, offsetOf, type YamlNode } from './yaml-node.js';
import type { Piece } from './yaml-stream.js';

/** Where one document of a file stands. Fields are looked up by reading the piece's YAML again: only issues need them. */
export class DocumentSource implements Source {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly field?: string;
  readonly #source: SourceFile;
  readonly #piece: Piece;
  readonly #offset: number;
  /** The way from the document's root to the object: empty, or `items` and an index. */
  readonly prefix: Path;

  /** @param offset where the document starts in the piece. */
  constructor(source: SourceFile, piece: Piece, offset: number, prefix: Path = []) {
    this.#source = source;
    this.#piece = piece;
    this.#offset = offset;
    this.prefix = prefix;
    this.file = source.name;
    const { line, column } = prefix.length === 0 ? source.locate(piece.offset + offset) : this.locate('');
    this.line = line;
    this.column = column;
    if (source.kind === 'object') this.field = '';
  }

  item(index: number): DocumentSource {
    return new DocumentSource(this.#source, this.#piece, this.#offset, ['items', index]);
  }

  /** The object's nodes; undefined for JSON that YAML does not allow. */
  get node(): YamlNode | undefined {
    return nodeAt(this.#root(), this.prefix);
  }

  locate(path: string): Location {
    return this.locatePath(parsePath(path));
  }

  /** As {@link DocumentSource.locate}, by the steps of a path. */
  locatePath(path: Path): Location {
    const root = this.#root();
    const offset =
      root === undefined ? this.#piece.offset + this.#offset : offsetOf(root, [...this.prefix, ...path]);
    const location = this.#source.locate(offset);
    return this.#source.kind === 'object' ? { ...location, field: formatPath(path) } : location;
  }

  /** A scalar as it is written, before YAML reads a number or a truth value in it; undefined for anything else. */
  textAt(path: string): string | undefined {
    const node = nodeAt(this.node, parsePath(path));
    return node?.kind === 'scalar' ? node.text : undefined;
  }

  /** The place of an offset in the file's text. */
  locateOffset(offset: number): Location {
    return this.#source.locate(offset);
  }

  #root(): YamlNode | undefined {
    return this.#source.node(this.#piece);
  }
}
