import { LiveView } from './live-view.js';

/** What a person sees of a terminal in the end: cursor movements and erasing are carried out. */
class Screen {
  columns = 20;
  rows = 6;
  lines: string[] = [''];
  private row = 0;

  write(text: string): void {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal understands begins with the control character ESC.
    for (const [, up, erase, other] of text.matchAll(/\u001b\[(\d+)A|(\u001b\[J)|([\s\S])/g)) {
      if (up !== undefined) this.row -= Number(up);
      else if (erase !== undefined) this.lines.length = this.row;
      else if (other === '\n') this.row += 1;
      else this.lines[this.row] = `${this.lines[this.row] ?? ''}${other}`;
    }
  }

  get text(): string[] {
    return this.lines.filter((line) => line !== '');
  }
}

it('draws over what it drew, below the lines that stay', () => {
  const screen = new Screen();
  const view = new LiveView(screen);
  view.draw(['one', 'two']);
  view.draw(['three']);
  view.print('stays');
  view.draw(['four', 'five']);
  view.draw(['six', 'seven']);
  expect(screen.text).toEqual(['stays', 'six', 'seven']);
});

it('cuts lines that would wrap, styles not counted, and shows no more than fits', () => {
  const screen = new Screen();
  const view = new LiveView(screen);
  view.draw(['a'.repeat(40), '\u001b[1mbold\u001b[22m', ...Array.from({ length: 10 }, () => 'x')]);
  expect(screen.text[0]).toBe(`${'a'.repeat(18)}…`);
  expect(screen.text).toHaveLength(screen.rows - 1);
  view.draw(['short']);
  expect(screen.text).toEqual(['short']);
});
