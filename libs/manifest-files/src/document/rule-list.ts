import type { YamlNode } from '@grayscale/traffic-rules';
import type { JsonObject } from './rule-edit.js';
import { lineBreakAt, lineEnd, lineStart, type TextEdit } from './text-edit.js';
import { type BlockStyle, blockLines, flowText, shifted } from './write-value.js';

/** The list of rules as it is written: whole rules come and go in its own style. */
export class RuleList {
  /**
   * @param list the value of `http`
   * @param object the VirtualService that it belongs to
   */
  constructor(
    private readonly text: string,
    private readonly list: YamlNode,
    private readonly object: YamlNode,
  ) {}

  insertAbove(index: number, rule: JsonObject): TextEdit {
    const at = this.place(index);
    if (this.list.style === 'flow') {
      const indentation = this.blanksBefore(at);
      const separator = indentation === undefined ? ' ' : lineBreakAt(this.text, at) + indentation;
      return insertion(at, `${this.flowRule(rule, indentation)},${separator}`);
    }
    const indentation = this.blanksBefore(at);
    const column = this.column(at);
    const lineBreak = lineBreakAt(this.text, at);
    // Behind something else on its line, as in `: - route:`, the rule below starts a line of its own.
    if (indentation === undefined)
      return insertion(at, this.blockRule(rule, column, lineBreak) + lineBreak + ' '.repeat(column));
    return insertion(
      this.aboveComments(at, indentation),
      indentation + this.blockRule(rule, column, lineBreak) + lineBreak,
    );
  }

  remove(index: number): TextEdit {
    const start = this.place(index);
    const next = this.list.items[index + 1] && this.place(index + 1);
    if (this.list.style === 'flow') return { ...this.flowRange(index, next), text: '' };
    if (this.blanksBefore(start) === undefined) return { start, end: next ?? this.itemEnd(index), text: '' };
    return { ...this.wholeLines(start, this.itemEnd(index)), text: '' };
  }

  replace(index: number, rule: JsonObject): TextEdit {
    const start = this.place(index);
    const text =
      this.list.style === 'flow'
        ? this.flowRule(rule, this.blanksBefore(start))
        : this.blockRule(rule, this.column(start), lineBreakAt(this.text, start));
    return { start, end: this.itemEnd(index), text };
  }

  /** Where a rule starts: its dash, or in a flow list its first character. */
  private place(index: number): number {
    const item = this.list.items[index];
    if (item === undefined) throw new RangeError(`there is no rule ${index}`);
    if (this.list.style === 'flow') return item.outerStart;
    if (index === 0) return this.list.start;
    const between = /(?:\s|#[^\r\n]*)*/y;
    between.lastIndex = this.list.items[index - 1]?.end ?? 0;
    between.exec(this.text);
    return between.lastIndex;
  }

  /** The end of a rule's content; a block scalar at its end keeps its line break. */
  private itemEnd(index: number): number {
    const { end = 0, start = 0 } = this.list.items[index] ?? {};
    return end > start && this.text[end - 1] === '\n' ? lineEnd(this.text, end - 1) : end;
  }

  private flowRange(index: number, next: number | undefined): { start: number; end: number } {
    const { outerStart = 0, end = 0 } = this.list.items[index] ?? {};
    if (next !== undefined) return { start: outerStart, end: next };
    return { start: this.list.items[index - 1]?.end ?? outerStart, end };
  }

  private wholeLines(from: number, to: number): { start: number; end: number } {
    const start = lineStart(this.text, from);
    const lineBreak = this.text.indexOf('\n', to);
    if (lineBreak !== -1) return { start, end: lineBreak + 1 };
    // The last line of a text without a line break at its end: the one before it goes.
    return { start: lineEnd(this.text, start - 1), end: this.text.length };
  }

  /** The blanks before an offset if nothing else stands before it on its line. */
  private blanksBefore(offset: number): string | undefined {
    const before = this.text.slice(lineStart(this.text, offset), offset);
    return /^ *$/.test(before) || (/^[ \t]*$/.test(before) && this.list.style === 'flow')
      ? before
      : undefined;
  }

  private column(offset: number): number {
    return offset - lineStart(this.text, offset);
  }

  /** Comments directly above a rule, as far in as it is, are about this rule: a new one goes above them. */
  private aboveComments(dash: number, indentation: string): number {
    let at = lineStart(this.text, dash);
    while (at > 0) {
      const above = lineStart(this.text, at - 1);
      if (!this.text.startsWith(`${indentation}#`, above)) break;
      at = above;
    }
    return at;
  }

  private blockRule(rule: JsonObject, column: number, lineBreak: string): string {
    const [first = '', ...rest] = blockLines([rule], this.blockStyle());
    return [first, ...shifted(rest, column)].join(lineBreak);
  }

  /** On one line, or as the file's other lines if the rule stands on its own ones. */
  private flowRule(rule: JsonObject, indentation: string | undefined): string {
    const isJson = [...this.object.fields.values()].every(({ key }) => key.style === 'double-quoted');
    if (!isJson) return flowText(rule, 'yaml');
    if (indentation === undefined) return flowText(rule, 'json');
    const step = indentation.includes('\t') ? '\t' : this.flowStep(indentation);
    return JSON.stringify(rule, null, step).replaceAll(
      '\n',
      lineBreakAt(this.text, this.list.start) + indentation,
    );
  }

  /** How much further in a rule's fields stand than the rule itself. */
  private flowStep(indentation: string): number {
    const [field] = this.list.items[0]?.fields.values() ?? [];
    const inner = field === undefined ? undefined : this.blanksBefore(field.key.start);
    return Math.max(1, (inner?.length ?? indentation.length + 2) - indentation.length);
  }

  /** As `spec` and `spec.http` are written. */
  private blockStyle(): BlockStyle {
    const spec = this.object.fields.get('spec');
    const http = spec?.value.fields.get('http');
    const column = (node: YamlNode | undefined) => this.column(node?.start ?? 0);
    const indent = spec ? column(spec.value) - column(spec.key) : 2;
    const dash = http ? this.column(this.list.start) - column(http.key) : 0;
    // Flow mappings around, or a key of its own line, say nothing about indentation.
    return {
      indent: indent > 0 && indent <= 8 ? indent : 2,
      dash: dash >= 0 && dash <= 8 ? dash : 0,
    };
  }
}

function insertion(at: number, text: string): TextEdit {
  return { start: at, end: at, text };
}
