import type { Messages } from '../i18n/messages.js';
import type { ShareRow } from '../share-rows.js';
import type { Verdict } from '../statistics/verdict.js';
import { setText } from './elements.js';
import type { Figures } from './figures.js';
import { verdictText } from './share-table.js';

/** What a reader of the screen is told without asking; a share that is as expected, or not yet known, is not announced. */
const alarming: ReadonlySet<Verdict | undefined> = new Set<Verdict>([
  'contradicts-the-rule',
  'hidden-by-errors',
]);

/** Says aloud, for screen readers, what changed; not the numbers, which never stand still. */
export class Announcer {
  readonly #element: HTMLElement;
  #verdicts = new Map<string, Verdict | undefined>();

  constructor(element: HTMLElement) {
    this.#element = element;
  }

  say(text: string): void {
    setText(this.#element, text);
  }

  /** Says which verdicts turned alarming, or stopped being so. */
  follow(rows: readonly ShareRow[], messages: Messages, figures: Figures): void {
    const news = rows.filter(({ title, verdict }) => this.#isNews(this.#verdicts.get(title), verdict));
    this.#verdicts = new Map(rows.map(({ title, verdict }) => [title, verdict]));
    if (news.length > 0)
      this.say(news.map((row) => `${row.title}: ${verdictText(row, messages, figures)}`).join('. '));
  }

  #isNews(before: Verdict | undefined, now: Verdict | undefined): boolean {
    return alarming.has(before) !== alarming.has(now) && now !== undefined && now !== 'too-few';
  }
}
