import { GrowingText } from './growing-text.js';
import { lineBreaks } from './line-folding.js';
import { type Reader, YamlError } from './reader.js';
import type { ScannedScalar } from './scanned-scalar.js';

/** Characters that end a plain scalar within brackets; the question mark is one in YAML 1.1. */
const flowEnds = ',?[]{}';

/**
 * A scalar without quotes. Within brackets a colon ends it only before a blank: `[2001:db8::]` is one.
 * @param indent the least column of its further lines
 */
export function scanPlain(
  reader: Reader,
  indent: number,
  isFlow: boolean,
): ScannedScalar & { spansLines: boolean } {
  const { at: start } = reader;
  const text = new GrowingText();
  let end = start;
  let gap = '';
  let spansLines = false;
  while (!reader.isMarker() && reader.peek() !== '#') {
    const from = reader.at;
    const until = plainPart(reader, isFlow);
    if (until > from) {
      text.add(gap);
      text.add(reader.text.slice(from, until));
      end = until;
      spansLines = false;
    }
    if (!reader.isBreak()) break;
    const breaks = lineBreaks(reader, () => {
      if (reader.column < indent)
        throw new YamlError(reader.at, 'a tab is not allowed as indentation; indent with spaces');
    });
    spansLines = true;
    gap = breaks.fold();
    if (!isFlow && reader.column < indent) break;
  }
  return { text: text.toString(), start, end, spansLines };
}

/** Steps over what a line has of a plain scalar, and over the blanks behind it. @returns where it ends without them */
function plainPart(reader: Reader, isFlow: boolean): number {
  let end = reader.at;
  while (!reader.isBreak() && !reader.isEnd()) {
    if (reader.isBlank()) {
      reader.skipBlanks();
      if (reader.peek() === '#') break;
    } else {
      if (endsPlain(reader, isFlow)) break;
      reader.at++;
      end = reader.at;
    }
  }
  return end;
}

function endsPlain(reader: Reader, isFlow: boolean): boolean {
  const character = reader.peek();
  return (character === ':' && reader.isSpace(1)) || (isFlow && flowEnds.includes(character));
}
