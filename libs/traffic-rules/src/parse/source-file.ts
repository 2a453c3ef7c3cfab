import type { Location } from '../issue.js';
import { readNodeTree } from './node-tree.js';
import type { YamlNode } from './yaml-node.js';
import type { Piece } from './yaml-stream.js';

/** What a text is: a file that somebody wrote, an object of a cluster printed as JSON, or MeshConfig, whose documents have no kind. */
export type TextKind = 'file' | 'object' | 'mesh-config';

/** A file's name and text, with its lines; all documents of the file share it. */
export class SourceFile {
  private starts: number[] | undefined;
  private last: { piece: Piece; node: YamlNode | undefined } | undefined;

  constructor(
    readonly name: string,
    readonly text: string,
    readonly kind: TextKind = 'file',
  ) {}

  /** The place of an offset; lines are counted when first asked for. */
  locate(offset: number): Location {
    this.starts ??= lineStarts(this.text);
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { file: this.name, line: low + 1, column: offset - (this.starts[low] ?? 0) + 1 };
  }

  /** The document of a piece; that of the last one is kept, as the issues of a document come one after the other. */
  node(piece: Piece): YamlNode | undefined {
    if (this.last?.piece !== piece) this.last = { piece, node: readNodeTree(piece) };
    return this.last.node;
  }
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
