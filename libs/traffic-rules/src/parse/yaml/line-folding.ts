import type { Reader } from './reader.js';

/** Line breaks between two parts of a scalar: one becomes a blank, of several the first goes. */
class Folding {
  private first = '';
  private rest = '';

  get isEmpty(): boolean {
    return this.first === '';
  }

  add(lineBreak: string): void {
    if (this.first === '') this.first = lineBreak;
    else this.rest += lineBreak;
  }

  /** As they are, which is how they count behind an escaped one. */
  get raw(): string {
    return this.first + this.rest;
  }

  fold(): string {
    if (this.first !== '\n') return this.raw;
    return this.rest === '' ? ' ' : this.rest;
  }
}

/** Steps over blanks and line breaks. @returns the breaks */
export function lineBreaks(reader: Reader, onTab?: () => void): Folding {
  const breaks = new Folding();
  reader.skipBlanks();
  while (reader.isBlank() || reader.isBreak()) {
    if (reader.isBreak()) breaks.add(reader.lineBreak());
    else {
      if (reader.peek() === '\t') onTab?.();
      reader.at++;
    }
  }
  return breaks;
}
