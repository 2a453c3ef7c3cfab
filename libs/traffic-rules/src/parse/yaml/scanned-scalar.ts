/** What scanning a scalar gives. */
export interface ScannedScalar {
  text: string;
  /** The first character of the content, a quote included; of a block scalar that of the line after its header. */
  start: number;
  end: number;
}
