import { InvalidArgumentError } from 'commander';
import { parseResolveOverride, type ResolveOverride } from './resolve-override.js';

/** Reads seconds, with fractions, as milliseconds. */
export function secondsAsMs(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text) && Number(text) <= 86_400) return Number(text) * 1000;
  throw new InvalidArgumentError('It must be a number of seconds from 0 to 86400.');
}

export function gatherResolve(text: string, earlier: ResolveOverride[] | undefined): ResolveOverride[] {
  try {
    return [...(earlier ?? []), parseResolveOverride(text)];
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}
