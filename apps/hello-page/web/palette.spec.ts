import { Palette, slotCount } from './palette.js';

describe('Palette', () => {
  it('knows versions by their number, in whatever order they come', () => {
    const palette = new Palette();
    expect([palette.slotOf('hello 2'), palette.slotOf('hello 1')]).toEqual([1, 0]);
  });

  it('keeps the slot of an answer', () => {
    const palette = new Palette();
    const first = palette.slotOf('blue');
    palette.slotOf('green');
    expect(palette.slotOf('blue')).toBe(first);
  });

  it('gives different answers different slots while there are any', () => {
    const palette = new Palette();
    const slots = Array.from({ length: slotCount }, (_, index) => palette.slotOf(`v${index}.9`));
    expect(new Set(slots).size).toBe(slotCount);
  });

  it('goes round when there are more answers than slots', () => {
    const palette = new Palette();
    for (let index = 0; index < 100; index++)
      expect(palette.slotOf(`answer ${index}`)).toBeLessThan(slotCount);
  });
});
