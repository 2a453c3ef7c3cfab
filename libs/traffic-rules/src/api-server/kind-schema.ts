/** One problem that a compiled JSON schema finds, as ajv reports it. */
export interface SchemaError {
  /** A JSON pointer. */
  instancePath: string;
  keyword: string;
  params: Readonly<Record<string, unknown>>;
}

/** The schema of a kind as the API server has it, in the two parts that are checked in different ways. */
export interface KindSchema {
  /** Types, ranges, lengths and unknown fields. */
  validate: { (document: unknown): boolean; errors?: readonly SchemaError[] | null };
  constraints: Constraints;
}

/** What JSON schema says badly or not at all, at one place of a document and below it. */
export interface Constraints {
  /** Fields that have to be written; null does not count. */
  required?: readonly string[];
  /** Groups of fields of which at most one may be written: protobuf's oneof. */
  alternatives?: ReadonlyArray<readonly string[]>;
  /** `x-kubernetes-validations`, in CEL. */
  rules?: ReadonlyArray<{ rule: string; message: string }>;
  /** Fields in which the items of this list have to differ. */
  keys?: readonly string[];
  /** Whether the items of this list have to differ as wholes. */
  set?: boolean;
  /** Bytes, as text in base64. */
  base64?: boolean;
  fields?: Readonly<Record<string, Constraints>>;
  /** Of each item of a list, or each value of a map. */
  each?: Constraints;
}
