import { InvalidArgumentError } from 'commander';
import { type PortMapping, parsePortMapping } from '../listeners/port-mapping.js';
import { parseResolveOverride, type ResolveOverride } from './resolve-override.js';

/** Reads seconds, with fractions, as milliseconds. */
export function secondsAsMs(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text) && Number(text) <= 86_400) return Number(text) * 1000;
  throw new InvalidArgumentError('It must be a number of seconds from 0 to 86400.');
}

export function gatherResolve(text: string, earlier: ResolveOverride[] | undefined): ResolveOverride[] {
  return [...(earlier ?? []), argument(text, parseResolveOverride)];
}

export function gatherMappings(text: string, earlier: PortMapping[] | undefined): PortMapping[] {
  return [...(earlier ?? []), argument(text, parsePortMapping)];
}

/** What a parser that throws RangeError makes of an option's argument. */
function argument<Value>(text: string, parse: (text: string) => Value): Value {
  try {
    return parse(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}
