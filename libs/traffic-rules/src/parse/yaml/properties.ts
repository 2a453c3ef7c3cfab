import { type Reader, YamlError } from './reader.js';
import type { Token } from './token.js';

const word = /[0-9A-Za-z_-]*/y;
const uri = /(?:[-0-9A-Za-z_;/?:@&=+$,.!~*'()[\]]|%[0-9A-Fa-f]{2})*/y;

function take(reader: Reader, expression: RegExp): string {
  expression.lastIndex = reader.at;
  const [found = ''] = expression.exec(reader.text) ?? [];
  reader.at += found.length;
  return found;
}

/** `&name` or `*name`; a name is letters, digits, `-` and `_`, as in YAML 1.1. */
export function scanAnchor(reader: Reader): Token {
  const { at: start } = reader;
  const kind = reader.peek() === '*' ? 'alias' : 'anchor';
  reader.at++;
  const text = take(reader, word);
  if (text === '' || !(reader.isSpace() || '?:,]}%@`'.includes(reader.peek())))
    throw new YamlError(
      start,
      `the name of an ${kind} is letters, digits, "-" and "_"; put other text that begins with ${kind === 'alias' ? '"*"' : '"&"'} in quotes`,
    );
  return { kind, start, end: reader.at, text };
}

/** `!name`, `!!name`, `!handle!name` or `!<in:full>`. */
export function scanTag(reader: Reader): Token {
  const { at: start } = reader;
  const { handle, text } = reader.peek(1) === '<' ? fullTag(reader) : shortTag(reader);
  if (!reader.isSpace())
    throw new YamlError(start, 'a space is missing after the tag; put a text that begins with "!" in quotes');
  return { kind: 'tag', start, end: reader.at, text, handle };
}

function fullTag(reader: Reader): { handle: string; text: string } {
  const { at: start } = reader;
  reader.at += 2;
  const text = take(reader, uri);
  if (text === '' || reader.peek() !== '>') throw new YamlError(start, 'the tag is not closed with ">"');
  reader.at++;
  return { handle: '', text };
}

function shortTag(reader: Reader): { handle: string; text: string } {
  const { at: start } = reader;
  reader.at++;
  const name = take(reader, word);
  if (reader.peek() !== '!') {
    const text = name + take(reader, uri);
    return text === '' ? { handle: '', text: '!' } : { handle: '!', text };
  }
  reader.at++;
  const text = take(reader, uri);
  if (text === '')
    throw new YamlError(start, 'the tag has no name; put a text that begins with "!" in quotes');
  return { handle: `!${name}!`, text };
}

/** `%YAML 1.1` or `%TAG !handle! prefix`; of the latter the text is `!handle! prefix`, of the former the line. */
export function scanDirective(reader: Reader): Token {
  const { at: start } = reader;
  while (!reader.isBreak() && !reader.isEnd()) reader.at++;
  const line = reader.text.slice(start, reader.at);
  const version = /^%YAML[ \t]+(\d{1,2})\.(\d{1,2})[ \t]*(?:#.*)?$/.exec(line);
  const tag =
    /^%TAG[ \t]+(!|![0-9A-Za-z_-]*!)[ \t]+((?:[-0-9A-Za-z_;/?:@&=+$,.!~*'()[\]]|%[0-9A-Fa-f]{2})+)(?:[ \t]+(?:#.*)?)?$/.exec(
      line,
    );
  if (version === null && tag === null)
    throw new YamlError(
      start,
      'kubectl does not know this directive; put a text that begins with "%" in quotes',
    );
  if (reader.isBreak()) reader.lineBreak();
  return {
    kind: 'directive',
    start,
    end: reader.at,
    text: tag === null ? line.trim() : `${tag[1]} ${tag[2]}`,
  };
}
