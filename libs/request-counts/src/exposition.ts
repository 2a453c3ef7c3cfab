import type { Labels } from './labels.js';

/** One line of a metrics endpoint. */
export interface Sample {
  name: string;
  labels: Labels;
  value: number;
}

/** A metrics endpoint answered something else than Prometheus' text format. */
export class MalformedExposition extends Error {
  override readonly name = 'MalformedExposition';
}

const nameStart = /^[a-zA-Z_:][\w:]*/;
const label = /\s*([a-zA-Z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(?:,|(?=\}))/y;

/**
 * Reads the chosen metrics of Prometheus' text format or of OpenMetrics; timestamps and exemplars are passed over.
 * @throws MalformedExposition with the line, when one of the chosen metrics cannot be read, or nothing looks like metrics
 */
export function parseExposition(text: string, names: ReadonlySet<string>): Sample[] {
  const samples: Sample[] = [];
  let metrics = 0;
  let number = 0;
  for (const raw of text.split('\n')) {
    number += 1;
    const content = raw.trim();
    if (content === '' || content.startsWith('#')) {
      if (/^# (HELP|TYPE|EOF)\b/.test(content)) metrics += 1;
      continue;
    }
    const name = nameStart.exec(content)?.[0];
    if (name === undefined) continue;
    metrics += 1;
    if (names.has(name)) samples.push(sampleOf(name, content, number));
  }
  if (metrics === 0 && text.trim() !== '') throw new MalformedExposition('it holds no metrics');
  return samples;
}

function sampleOf(name: string, content: string, number: number): Sample {
  const labels: Record<string, string> = {};
  let at = name.length;
  if (content[at] === '{') {
    at += 1;
    for (label.lastIndex = at; ; at = label.lastIndex) {
      const match = label.exec(content);
      if (match === null) break;
      labels[match[1] as string] = unescaped(match[2] as string);
    }
    const closing = /\s*\}/y;
    closing.lastIndex = at;
    if (!closing.test(content)) throw unreadable(content, number);
    at = closing.lastIndex;
  }
  const written = /^\s*(\S+)/.exec(content.slice(at))?.[1] ?? '';
  const value = written === '+Inf' ? Number.POSITIVE_INFINITY : Number(written || Number.NaN);
  if (Number.isNaN(value)) throw unreadable(content, number);
  return { name, labels, value };
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character));
}

function unreadable(content: string, number: number): MalformedExposition {
  return new MalformedExposition(`line ${number} cannot be read: ${content.slice(0, 120)}`);
}
