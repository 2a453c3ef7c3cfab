/** What is wrong with a text, and where. */
export class YamlError extends Error {
  override readonly name = 'YamlError';

  constructor(
    readonly offset: number,
    message: string,
  ) {
    super(message);
  }
}

const unprintable = /[^\t\n\r\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

/** A text, and how far it was read. Line breaks are those of YAML 1.1: CR, LF, CRLF, NEL, and Unicode's two. */
export class Reader {
  at = 0;
  /** Where the line began that is being read. */
  lineStart = 0;

  /** @throws YamlError over a character that YAML does not allow */
  constructor(readonly text: string) {
    const found = unprintable.exec(text);
    if (found !== null) throw new YamlError(found.index, 'a control character is not allowed; remove it');
    if (text.startsWith('\uFEFF')) this.at = this.lineStart = 1;
  }

  get column(): number {
    return this.at - this.lineStart;
  }

  /** The character that comes next, or one behind it; the empty text at the end. */
  peek(ahead = 0): string {
    return this.text.charAt(this.at + ahead);
  }

  isBlank(ahead = 0): boolean {
    const code = this.text.charCodeAt(this.at + ahead);
    return code === 0x20 || code === 0x09;
  }

  isBreak(ahead = 0): boolean {
    const code = this.text.charCodeAt(this.at + ahead);
    return code === 0x0a || code === 0x0d || code === 0x85 || code === 0x2028 || code === 0x2029;
  }

  isEnd(ahead = 0): boolean {
    return this.at + ahead >= this.text.length;
  }

  /** Whether a blank, a line break or the end comes. */
  isSpace(ahead = 0): boolean {
    return this.isBlank(ahead) || this.isBreak(ahead) || this.isEnd(ahead);
  }

  /** Whether a line that says `---` or `...` begins here. */
  isMarker(): boolean {
    if (this.at !== this.lineStart) return false;
    const { text, at } = this;
    return (text.startsWith('---', at) || text.startsWith('...', at)) && this.isSpace(3);
  }

  /** Steps over one line break. @returns what it counts as in a scalar */
  lineBreak(): string {
    const character = this.peek();
    this.at += character === '\r' && this.peek(1) === '\n' ? 2 : 1;
    this.lineStart = this.at;
    return character === '\u2028' || character === '\u2029' ? character : '\n';
  }

  skipBlanks(): void {
    while (this.isBlank()) this.at++;
  }

  /** Steps over a comment, if there is one, up to the end of its line. */
  skipComment(): void {
    if (this.peek() === '#') while (!this.isBreak() && !this.isEnd()) this.at++;
  }
}
