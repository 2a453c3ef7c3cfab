import type { Location } from '../issue.js';
import type { Source } from '../resources/metadata.js';
import { offsetOf } from './node-tree.js';
import { type Path, parsePath } from './path.js';
import type { SourceFile } from './source-file.js';
import type { Piece } from './yaml-stream.js';

/** Where one document of a file stands. Fields are looked up by reading the piece's YAML again: only issues need them. */
export class DocumentSource implements Source {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly #source: SourceFile;
  readonly #piece: Piece;
  readonly #document: { index: number; offset: number };
  readonly #prefix: Path;

  /**
   * @param document which document of the piece, and where it starts in it.
   * @param prefix what stands before a field's path where the resource is an item of a List.
   */
  constructor(
    source: SourceFile,
    piece: Piece,
    document: { index: number; offset: number },
    prefix: Path = [],
  ) {
    this.#source = source;
    this.#piece = piece;
    this.#document = document;
    this.#prefix = prefix;
    this.file = source.name;
    const { line, column } =
      prefix.length === 0 ? source.locate(piece.offset + document.offset) : this.locate('');
    this.line = line;
    this.column = column;
  }

  item(index: number): DocumentSource {
    return new DocumentSource(this.#source, this.#piece, this.#document, ['items', index]);
  }

  locate(path: string): Location {
    const root = this.#source.nodes(this.#piece)[this.#document.index];
    const offset =
      root === undefined ? this.#document.offset : offsetOf(root, [...this.#prefix, ...parsePath(path)]);
    return this.#source.locate(this.#piece.offset + offset);
  }
}
