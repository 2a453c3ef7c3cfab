import { slowMs } from '../exchange.js';
import type { Messages } from '../i18n/messages.js';
import type { Ledger, Tally } from '../ledger.js';
import type { Palette } from '../palette.js';
import type { ShareRow } from '../share-rows.js';
import { byId, create, setText } from './elements.js';
import type { Figures } from './figures.js';

/** The figures, the legend, and the words that stand for the wall where it cannot be seen. */
export class Summary {
  readonly #palette: Palette;
  #legend = '';

  constructor(palette: Palette) {
    this.#palette = palette;
  }

  show(ledger: Ledger, rows: readonly ShareRow[], messages: Messages, figures: Figures): void {
    const { period, total } = ledger;
    const errors = byId('figure-errors', HTMLElement);
    setText(byId('figure-requests', HTMLElement), figures.count(total.requests));
    setText(errors, figures.count(total.errors));
    errors.classList.toggle('bad', total.errors > 0);
    setText(byId('figure-p50', HTMLElement), figures.milliseconds(ledger.latency(50)));
    setText(byId('figure-p95', HTMLElement), figures.milliseconds(ledger.latency(95)));
    setText(
      byId('since', HTMLElement),
      messages.since[period.cause](figures.time(period.since), figures.count(period.requests)),
    );
    byId('numbers-none', HTMLElement).hidden = rows.length > 0;
    setText(byId('wall-summary', HTMLElement), wallSummary(total, messages, figures));
    this.#showLegend(rows, messages, figures);
  }

  #showLegend(rows: readonly ShareRow[], messages: Messages, figures: Figures): void {
    const answers = rows.filter(({ kind }) => kind === 'answer').map(({ title }) => title);
    const slow = messages.slowLegend(figures.count(slowMs));
    const legend = [...answers, slow].join('\n');
    if (legend === this.#legend) return;
    this.#legend = legend;
    const items = answers.map((answer) => {
      const item = legendItem('swatch', answer === '' ? messages.emptyAnswer : answer);
      const swatch = item.querySelector<HTMLElement>('.swatch');
      if (swatch) swatch.style.background = `var(--answer-${this.#palette.slotOf(answer)})`;
      return item;
    });
    byId('legend', HTMLElement).replaceChildren(
      ...items,
      legendItem('swatch error', messages.errorRow),
      legendItem('swatch slow', slow),
    );
  }
}

/** The failures of a tally by status, the commonest first. */
export function statusText({ statuses }: Tally, messages: Messages, figures: Figures): string {
  return [...statuses]
    .sort(([, left], [, right]) => right - left)
    .map(([status, count]) => messages.errorStatus(status, figures.count(count)))
    .join(', ');
}

function wallSummary(total: Tally, messages: Messages, figures: Figures): string {
  const parts = [...total.answers].map(([answer, count]) => `${answer}: ${figures.count(count)}`);
  if (total.errors > 0) parts.push(`${messages.errorRow}: ${figures.count(total.errors)}`);
  return messages.wallSummary(figures.count(total.requests), parts.join(', '));
}

function legendItem(swatch: string, text: string): HTMLLIElement {
  const item = create('li');
  item.append(create('span', swatch), create('span', '', text));
  return item;
}
