import type { MutantResult } from '@stryker-mutator/api/core';

export interface Score {
  killed: number;
  /** Of so many that could be run: not those that are only run while a file is loaded, nor those that end its loading. */
  of: number;
  /** The 95 % interval of the share killed, by Wilson. */
  interval: [number, number];
}

const detected = new Set(['Killed', 'Timeout']);
const undetected = new Set(['Survived', 'NoCoverage']);

export function isSurvivor({ status }: MutantResult): boolean {
  return undetected.has(status);
}

export function scoreOf(results: MutantResult[]): Score {
  const killed = results.filter(({ status }) => detected.has(status)).length;
  const of = killed + results.filter(isSurvivor).length;
  return { killed, of, interval: wilson(killed, of) };
}

function wilson(hits: number, of: number): [number, number] {
  if (of === 0) return [0, 1];
  const z = 1.96;
  const share = hits / of;
  const center = (share + z ** 2 / (2 * of)) / (1 + z ** 2 / of);
  const half = (z / (1 + z ** 2 / of)) * Math.sqrt((share * (1 - share)) / of + z ** 2 / (4 * of ** 2));
  return [center - half, center + half];
}
