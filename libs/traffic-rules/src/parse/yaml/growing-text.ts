/** Longer ones are added as they are. */
const longestCopied = 16;
/** As many arguments as a call takes without a thought. */
const chunkLength = 4096;

/**
 * A text that is put together from many parts. Parts of a character or a few are collected and joined at once: a megabyte of escapes
 * would otherwise be a chain of as many texts, which takes a second to collect.
 */
export class GrowingText {
  private text = '';
  private readonly codes: number[] = [];

  add(part: string): void {
    if (part.length > longestCopied || this.text === '') {
      this.flush();
      this.text += part;
    } else for (let at = 0; at < part.length; at++) this.addCode(part.charCodeAt(at));
  }

  /** @param code of a character, or of half of one */
  addCode(code: number): void {
    this.codes.push(code);
    if (this.codes.length === chunkLength) this.flush();
  }

  toString(): string {
    this.flush();
    return this.text;
  }

  private flush(): void {
    if (this.codes.length === 0) return;
    this.text += String.fromCodePoint(...this.codes);
    this.codes.length = 0;
  }
}
