import { slotCount } from './palette.js';

/** The page's colours as a canvas needs them. */
export interface Colours {
  answers: string[];
  error: string;
  onError: string;
  pending: string;
  ring: string;
  ink: string;
  soft: string;
  faint: string;
  accent: string;
  card: string;
}

/** Reads the colours of the theme in force; a canvas does not understand `var()` and `light-dark()`. */
export function readColours(): Colours {
  const probe = document.createElement('i');
  probe.hidden = true;
  document.body.append(probe);
  const read = (name: string): string => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const colours: Colours = {
    answers: Array.from({ length: slotCount }, (_, slot) => read(`answer-${slot}`)),
    error: read('error'),
    onError: read('on-error'),
    pending: read('pending'),
    ring: read('ring'),
    ink: read('ink'),
    soft: read('soft'),
    faint: read('faint'),
    accent: read('accent'),
    card: read('card'),
  };
  probe.remove();
  return colours;
}
