import { asciiLowerCase } from '../ascii.js';
import { toBytes } from '../bytes.js';
import type { Test } from '../model/requirement.js';
import { compileRegex } from './regex.js';
import { literalStartOf, openEndOf } from './regex-text.js';

/** A compiled {@link Test}: whether a value, as bytes, passes. */
export type ValueTest = (bytes: string) => boolean;

/** A test as a function; regular expressions are built here, once. */
export function compileTest(test: Test): ValueTest {
  switch (test.kind) {
    case 'exact': {
      const wanted = wantedBytes(test);
      return folded(test, (bytes) => bytes === wanted);
    }
    case 'prefix': {
      const prefix = wantedBytes(test);
      return folded(test, (bytes) => bytes.startsWith(prefix));
    }
    case 'segment-prefix': {
      const parent = withoutSlash(wantedBytes(test));
      return folded(test, (bytes) => bytes === parent || bytes.startsWith(`${parent}/`));
    }
    case 'regex':
      return compileRegex(test.value);
    case 'present':
      return () => true;
    case 'one-of': {
      const wanted = new Set(test.values.map(toBytes));
      return (bytes) => wanted.has(bytes);
    }
  }
}

/** Regular expressions are slow to compile, and one may be compared with many values. */
const compiled = new WeakMap<Test, ValueTest>();

function passesOf(test: Test): ValueTest {
  let passes = compiled.get(test);
  if (passes === undefined) {
    passes = compileTest(test);
    compiled.set(test, passes);
  }
  return passes;
}

/** Whether a value, as text, passes. */
export function passes(test: Test, value: string): boolean {
  return passesOf(test)(toBytes(value));
}

/** Whether every value that passes one test passes the other. False where it cannot be told. */
export function testImplies(test: Test, other: Test): boolean {
  if (other.kind === 'present') return true;
  switch (test.kind) {
    case 'exact':
      return isPinned(test, other) && passes(other, test.value);
    case 'prefix':
    case 'segment-prefix':
      return isPinned(test, other) && prefixImplies(test, other);
    case 'regex':
      return regexImplies(test.value, other);
    case 'present':
      return false;
    case 'one-of':
      return test.values.every((value) => passes(other, value));
  }
}

/** A value that passes the test; undefined where only a regular expression says what it looks like. */
export function exampleOf(test: Test): string | undefined {
  switch (test.kind) {
    case 'exact':
    case 'prefix':
    case 'segment-prefix':
      return test.value;
    case 'regex':
      return undefined;
    case 'present':
      return '';
    case 'one-of':
      return test.values[0];
  }
}

/** What a value is that passes: `exactly "test"`. */
export function describeHit(test: Test): string {
  switch (test.kind) {
    case 'exact':
      return `exactly ${quote(test.value)}${anyLetterCase(test)}`;
    case 'prefix':
      return `starting with ${quote(test.value)}${anyLetterCase(test)}`;
    case 'segment-prefix':
      return `${quote(test.value)} or below it${anyLetterCase(test)}`;
    case 'regex':
      return `matching the regex ${quote(test.value)}`;
    case 'present':
      return 'there';
    case 'one-of':
      return `one of ${test.values.map(quote).join(', ')}`;
  }
}

/** What a value fails to be, to follow "is ...,": `not exactly "test"`. */
export function describeMiss(test: Test): string {
  switch (test.kind) {
    case 'exact':
      return `not exactly ${quote(test.value)}${anyLetterCase(test)}`;
    case 'prefix':
      return `which does not start with ${quote(test.value)}${anyLetterCase(test)}`;
    case 'segment-prefix':
      return `which is neither ${quote(test.value)} nor below it${anyLetterCase(test)}`;
    case 'regex':
      return `which the regex ${quote(test.value)} does not match as a whole`;
    case 'present':
      return 'not there';
    case 'one-of':
      return `not one of ${test.values.map(quote).join(', ')}`;
  }
}

export function quote(text: string): string {
  return JSON.stringify(text);
}

type Folding = Extract<Test, { kind: 'exact' | 'prefix' | 'segment-prefix' }>;

function wantedBytes({ value, ignoreCase }: Folding): string {
  return ignoreCase ? asciiLowerCase(toBytes(value)) : toBytes(value);
}

function folded({ ignoreCase }: Folding, test: ValueTest): ValueTest {
  return ignoreCase ? (bytes) => test(asciiLowerCase(bytes)) : test;
}

function anyLetterCase({ ignoreCase }: Folding): string {
  return ignoreCase ? ' (in any letter case)' : '';
}

/** Whether the values that pass are written in full for the other test: it ignores letter case as well, or there are no letters. */
function isPinned(test: Folding, other: Test): boolean {
  return (
    !test.ignoreCase ||
    ('ignoreCase' in other && other.kind !== 'regex' && other.ignoreCase) ||
    !/[a-z]/i.test(test.value)
  );
}

/** By the text that all values of the expression begin with. No value of HTTP holds the line feed that `.` does not take. */
function regexImplies(expression: string, other: Test): boolean {
  if (other.kind === 'regex' && other.value === expression) return true;
  if (other.kind !== 'prefix' && other.kind !== 'segment-prefix' && other.kind !== 'regex') return false;
  const start = literalStartOf(expression);
  if (other.kind === 'regex') return takesAllUnder(other.value, start);
  return passes(other, start) && passes(other, `${start}x`);
}

/** Whether an expression takes every value that begins with a text. */
function takesAllUnder(expression: string, start: string): boolean {
  const open = openEndOf(expression);
  if (open === undefined || !start.startsWith(open.prefix)) return false;
  return !open.more || start.length > open.prefix.length;
}

function prefixImplies(test: Folding, other: Test): boolean {
  const shortest = test.kind === 'segment-prefix' ? withoutSlash(test.value) : test.value;
  switch (other.kind) {
    case 'prefix':
      return passes(other, shortest);
    case 'segment-prefix':
      return passes(other, shortest) && (test.kind === 'segment-prefix' || passes(other, `${shortest}x`));
    case 'regex':
      return takesAllUnder(other.value, shortest);
    case 'exact':
    case 'one-of':
    case 'present':
      return false;
  }
}

function withoutSlash(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path;
}
