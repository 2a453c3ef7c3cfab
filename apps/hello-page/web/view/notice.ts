import { setText } from './elements.js';

const shownMs = 5000;

/** One line about what just happened; it goes by itself. */
export class Notice {
  readonly #element: HTMLElement;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(element: HTMLElement) {
    this.#element = element;
  }

  show(text: string): void {
    setText(this.#element, text);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => setText(this.#element, ''), shownMs);
  }
}
