/** What the scanner makes of a text; the names are those of the YAML specification's productions. */
export type TokenKind =
  | 'directive'
  | 'document-start'
  | 'document-end'
  | 'stream-end'
  | 'block-sequence-start'
  | 'block-mapping-start'
  | 'block-end'
  | 'flow-sequence-start'
  | 'flow-sequence-end'
  | 'flow-mapping-start'
  | 'flow-mapping-end'
  | 'block-entry'
  | 'flow-entry'
  | 'key'
  | 'value'
  | 'alias'
  | 'anchor'
  | 'tag'
  | 'scalar';

export type ScalarStyle = 'plain' | 'single-quoted' | 'double-quoted' | 'literal' | 'folded';

export interface Token {
  kind: TokenKind;
  start: number;
  end: number;
  /** Of a scalar, an alias or an anchor; of a tag what follows the handle; of a directive what it says. */
  text: string;
  style?: ScalarStyle;
  /** Of a tag: `!`, `!!` or `!name!`; empty for one in full. */
  handle?: string;
}
