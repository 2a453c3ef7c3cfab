import type { Messages } from '../i18n/messages.js';
import type { Palette } from '../palette.js';
import type { ShareRow } from '../share-rows.js';
import { create, setText } from './elements.js';
import type { Figures } from './figures.js';

interface RowElements {
  item: HTMLLIElement;
  name: HTMLElement;
  seen: HTMLElement;
  fill: HTMLElement;
  reach: HTMLElement;
  wanted: HTMLElement;
  verdict: HTMLElement;
  failed: HTMLElement;
  detail: HTMLElement;
}

/** The list of answers with their shares; rows stay the same elements as long as they are about the same answer. */
export class ShareTable {
  readonly #list: HTMLElement;
  readonly #palette: Palette;
  readonly #rows = new Map<string, RowElements>();

  constructor(list: HTMLElement, palette: Palette) {
    this.#list = list;
    this.#palette = palette;
  }

  show(rows: readonly ShareRow[], messages: Messages, figures: Figures, statuses: string): void {
    const keys = rows.map((row) => `${row.kind} ${row.title}`);
    for (const [key, { item }] of this.#rows) if (!keys.includes(key)) this.#forget(key, item);
    rows.forEach((row, index) => {
      const elements = this.#elements(keys[index] ?? '', row);
      if (this.#list.children[index] !== elements.item)
        this.#list.insertBefore(elements.item, this.#list.children[index] ?? null);
      fillBar(elements, row);
      setText(elements.name, titleOf(row, messages));
      setText(elements.seen, figures.percent(row.seen));
      setText(elements.verdict, verdictText(row, messages, figures));
      setText(elements.failed, row.failed > 0 ? messages.failedThere(figures.count(row.failed)) : '');
      setText(elements.detail, detailOf(row, messages, figures, statuses));
      elements.verdict.className = `verdict ${row.verdict ?? (row.kind === 'error' ? 'failing' : '')}`;
    });
  }

  #forget(key: string, item: HTMLElement): void {
    item.remove();
    this.#rows.delete(key);
  }

  #elements(key: string, row: ShareRow): RowElements {
    const known = this.#rows.get(key);
    if (known) return known;
    const elements = createRow();
    this.#paint(elements, row);
    this.#rows.set(key, elements);
    return elements;
  }

  #paint({ item, fill }: RowElements, row: ShareRow): void {
    const swatch = item.querySelector<HTMLElement>('.swatch');
    if (row.kind === 'destination' || !swatch) return;
    const colour = row.kind === 'error' ? 'var(--error)' : `var(--answer-${this.#palette.slotOf(row.title)})`;
    swatch.classList.toggle('error', row.kind === 'error');
    swatch.style.background = colour;
    fill.style.background = colour;
  }
}

function createRow(): RowElements {
  const item = create('li', 'share');
  const head = create('div', 'share-head');
  const [name, seen] = [create('span', 'share-name'), create('span', 'share-seen')];
  head.append(create('span', 'swatch'), name, seen);
  const bar = create('div', 'bar');
  bar.setAttribute('aria-hidden', 'true');
  const [fill, reach, wanted] = [
    create('div', 'bar-fill'),
    create('div', 'bar-reach'),
    create('div', 'bar-wanted'),
  ];
  bar.append(fill, reach, wanted);
  const [verdict, failed, detail] = [create('p', 'verdict'), create('p', 'failed'), create('p', 'hint')];
  item.append(head, bar, verdict, failed, detail);
  return { item, name, seen, fill, reach, wanted, verdict, failed, detail };
}

function fillBar({ fill, reach, wanted }: RowElements, row: ShareRow): void {
  fill.style.width = `${100 * row.seen}%`;
  reach.style.left = `${100 * row.interval.low}%`;
  reach.style.width = `${100 * (row.interval.high - row.interval.low)}%`;
  wanted.hidden = row.wanted === undefined;
  wanted.style.left = `${100 * (row.wanted ?? 0)}%`;
}

function titleOf(row: ShareRow, messages: Messages): string {
  if (row.kind === 'error') return messages.errorRow;
  return row.title === '' ? messages.emptyAnswer : row.title;
}

/** The verdict in words, or only what was seen where nothing is wanted. */
export function verdictText(row: ShareRow, messages: Messages, figures: Figures): string {
  const sentence = {
    wanted: figures.percent(row.wanted ?? 0),
    seen: figures.percent(row.seen),
    reach: figures.percent((row.interval.high - row.interval.low) / 2),
  };
  return row.verdict ? messages.verdicts[row.verdict](sentence) : messages.seenOnly(sentence);
}

function detailOf(row: ShareRow, messages: Messages, figures: Figures, statuses: string): string {
  const share = ({ count, total }: ShareRow['recent']) => figures.percent(total === 0 ? 0 : count / total);
  if (row.kind === 'destination') return messages.notSeenYet;
  const { recent, start } = row;
  const parts = [
    messages.recentShare(share(recent), figures.count(recent.total)),
    messages.startShare(share(start), figures.count(start.count), figures.count(start.total)),
  ];
  if (row.kind === 'error') parts.push(statuses);
  return parts.join(' · ');
}
