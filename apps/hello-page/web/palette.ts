/** Hues that stay apart for the colour-blind; see `--answer-0` and on in page.css. */
export const slotCount = 8;

/**
 * Gives every answer a colour slot, the same one as long as it lives.
 * `hello 1` and `hello 2` get slots 0 and 1 whichever comes first, so that two people who share a link see the same colours.
 */
export class Palette {
  readonly #slots = new Map<string, number>();

  slotOf(answer: string): number {
    const known = this.#slots.get(answer);
    if (known !== undefined) return known;
    const slot = this.#choose(answer);
    this.#slots.set(answer, slot);
    return slot;
  }

  #choose(answer: string): number {
    const taken = new Set(this.#slots.values());
    const number = /(\d{1,6})\D*$/.exec(answer)?.[1];
    const wish = number === undefined ? 0 : Math.max(0, Number(number) - 1) % slotCount;
    for (let step = 0; step < slotCount; step++) {
      const slot = (wish + step) % slotCount;
      if (!taken.has(slot)) return slot;
    }
    return this.#slots.size % slotCount;
  }
}
