import { EVENT_ID, type Event, getScalarValue, parseEvents } from 'js-yaml';
import type { Location } from '../issue.js';
import type { Source } from '../resources/metadata.js';
import { type Path, parsePath } from './path.js';
import type { SourceFile } from './source-file.js';
import { documentStarts, type Piece, startOf } from './yaml-stream.js';

/** Where one document of a file stands. Fields are looked up by reading the piece's YAML again: only issues need them. */
export class DocumentSource implements Source {
  readonly file: string;
  readonly line: number;
  readonly column: number;

  constructor(
    private readonly source: SourceFile,
    private readonly piece: Piece,
    /** Which document of the piece, and where it starts in it. */
    private readonly document: { index: number; offset: number },
    /** What stands before a field's path where the resource is an item of a List. */
    private readonly prefix: Path = [],
  ) {
    this.file = source.name;
    const { line, column } =
      prefix.length === 0 ? source.locate(piece.offset + document.offset) : this.locate('');
    this.line = line;
    this.column = column;
  }

  item(index: number): DocumentSource {
    return new DocumentSource(this.source, this.piece, this.document, ['items', index]);
  }

  locate(path: string): Location {
    const events = this.source.events(this.piece, readEvents);
    const root = documentStarts(events)[this.document.index];
    if (root === undefined) return this.source.locate(this.piece.offset + this.document.offset);
    const offset = new EventWalk(events, this.piece.text).find(root + 1, [
      ...this.prefix,
      ...parsePath(path),
    ]);
    return this.source.locate(this.piece.offset + offset);
  }
}

function readEvents(text: string): Event[] {
  try {
    return parseEvents(text, {});
  } catch {
    // The document was read as JSON that YAML does not allow.
    return [];
  }
}

/** Follows a path through a stream of events. */
class EventWalk {
  constructor(
    private readonly events: readonly Event[],
    private readonly text: string,
  ) {}

  /** The offset of the field at the path, or of its nearest parent that is written. */
  find(root: number, path: Path): number {
    let node = this.dereference(root);
    let offset = startOf(this.events[root]);
    for (const step of path) {
      const child = this.child(node, step);
      if (child === undefined) break;
      offset = child.offset;
      node = this.dereference(child.value);
    }
    return offset;
  }

  private child(node: number, step: string | number): { value: number; offset: number } | undefined {
    const type = this.events[node]?.type;
    if (type !== EVENT_ID.MAPPING && type !== EVENT_ID.SEQUENCE) return undefined;
    let position = 0;
    for (
      let at = node + 1;
      this.events[at]?.type !== EVENT_ID.POP && at < this.events.length;
      at = this.after(at)
    ) {
      if (type === EVENT_ID.SEQUENCE) {
        if (position++ === step) return { value: at, offset: startOf(this.events[at]) };
        continue;
      }
      const key = this.events[at];
      const value = this.after(at);
      if (key?.type === EVENT_ID.SCALAR && getScalarValue(this.text, key) === String(step))
        return { value, offset: startOf(key) };
      at = value;
    }
    return undefined;
  }

  /** The index behind the node at this index. */
  private after(index: number): number {
    let depth = 0;
    for (let at = index; at < this.events.length; at++) {
      const type = this.events[at]?.type;
      if (type === EVENT_ID.MAPPING || type === EVENT_ID.SEQUENCE) depth++;
      else if (type === EVENT_ID.POP) depth--;
      if (depth <= 0) return at + 1;
    }
    return this.events.length;
  }

  private dereference(index: number): number {
    const event = this.events[index];
    if (event?.type !== EVENT_ID.ALIAS) return index;
    const anchor = this.anchorOf(event);
    for (let at = index - 1; at >= 0; at--) {
      const candidate = this.events[at];
      if (candidate?.type !== EVENT_ID.ALIAS && this.anchorOf(candidate) === anchor) return at;
    }
    return index;
  }

  private anchorOf(event: Event | undefined): string | undefined {
    if (event === undefined || !('anchorStart' in event) || event.anchorStart < 0) return undefined;
    return this.text.slice(event.anchorStart, event.anchorEnd);
  }
}
