import type { Metadata } from '../resources/metadata.js';
import type { Source } from '../source.js';

/** A document whose kind is known and whose metadata was read. */
export interface Envelope {
  value: Record<string, unknown>;
  metadata: Metadata;
  source: Source;
}
