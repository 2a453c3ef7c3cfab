import { gunzipSync, gzipSync } from 'node:zlib';
import type { Json } from '@grayscale/release';
import { contentIn, type RecordContent } from './record-content.js';

/** A record as one line of text: JSON, gzip, Base64. Spread out, it would fill some hundred lines of `kubectl describe`. */
export function packed(content: RecordContent): string {
  return gzipSync(JSON.stringify(content)).toString('base64');
}

/** Undefined for what {@link packed} has not made. */
export function unpacked(value: unknown): RecordContent | undefined {
  return typeof value === 'string' ? contentIn(jsonIn(value)) : undefined;
}

function jsonIn(text: string): Json | undefined {
  try {
    return JSON.parse(gunzipSync(Buffer.from(text, 'base64')).toString('utf8'));
  } catch {
    return undefined;
  }
}
