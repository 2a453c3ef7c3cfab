import type { StringMatch } from '../resources/string-match.js';
import { toBytes } from './bytes.js';
import { compileRegex } from './regex.js';

/** A compiled StringMatch. */
export type StringTest = (bytes: string) => boolean;

export function compileStringMatch(match: StringMatch): StringTest {
  switch (match.kind) {
    case 'exact': {
      const wanted = toBytes(match.value);
      return (bytes) => bytes === wanted;
    }
    case 'prefix': {
      const prefix = toBytes(match.value);
      return (bytes) => bytes.startsWith(prefix);
    }
    case 'regex':
      return compileRegex(match.value);
    case 'present':
      return () => true;
  }
}

/** `{}` asks for presence, and so does the expression `*`, which is not RE2 (Istio, canBeConvertedToPresentMatch). */
export function asksForPresence(match: StringMatch): boolean {
  return match.kind === 'present' || (match.kind === 'regex' && match.value === '*');
}

/** What a value fails to be, to follow "is ...,": `not exactly "test"`. */
export function describeMiss(match: StringMatch): string {
  switch (match.kind) {
    case 'exact':
      return `not exactly ${quote(match.value)}`;
    case 'prefix':
      return `which does not start with ${quote(match.value)}`;
    case 'regex':
      return `which the regex ${quote(match.value)} does not match as a whole`;
    case 'present':
      return 'not there';
  }
}

/** What a value is, to follow "is ...,": `exactly "test"`. */
export function describeHit(match: StringMatch): string {
  switch (match.kind) {
    case 'exact':
      return `exactly ${quote(match.value)}`;
    case 'prefix':
      return `starting with ${quote(match.value)}`;
    case 'regex':
      return `matching the regex ${quote(match.value)}`;
    case 'present':
      return 'there';
  }
}

export function quote(text: string): string {
  return JSON.stringify(text);
}
