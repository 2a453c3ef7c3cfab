/** The part of a terminal that a live view needs. */
export interface Terminal {
  write(text: string): unknown;
  columns?: number | undefined;
  rows?: number | undefined;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal understands begins with the control character ESC.
const styles = /\u001b\[[\d;]*m/g;

/** Some lines at the end of a terminal that are drawn over again, below lines that stay. */
export class LiveView {
  private height = 0;

  constructor(private readonly terminal: Terminal) {}

  /** Draws the lines in place of those before. */
  draw(lines: readonly string[]): void {
    const fitting = lines.slice(0, Math.max(1, (this.terminal.rows ?? 24) - 1));
    const text = fitting.map((line) => `${this.cut(line)}\n`).join('');
    this.terminal.write(`${this.erasing()}${text}`);
    this.height = fitting.length;
  }

  /** Writes lines that stay, above the view; the next {@link draw} makes it anew. */
  print(line: string): void {
    this.terminal.write(`${this.erasing()}${line}\n`);
    this.height = 0;
  }

  private erasing(): string {
    return this.height === 0 ? '' : `\u001b[${this.height}A\u001b[J`;
  }

  /** A line that wraps would take two rows, and the view would climb. */
  private cut(line: string): string {
    const columns = this.terminal.columns ?? 80;
    if (line.replace(styles, '').length < columns) return line;
    return `${line.replace(styles, '').slice(0, columns - 2)}…`;
  }
}
