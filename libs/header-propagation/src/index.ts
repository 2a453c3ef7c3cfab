export type { DropCounts } from './applied-rules.js';
export type { Captured, Dropped, DropReason, HeaderRecord, HeaderValue } from './captured.js';
export { HeaderPropagationError, type HeaderPropagationErrorCode } from './errors.js';
export { decodeFieldValue, encodeFieldValue, isFieldValue } from './field-value.js';
export { HeaderPropagation } from './header-propagation.js';
export type { Added, MethodHeaders, OutgoingHeaders } from './inject.js';
export type { HeaderPropagationOptions, Limits } from './options.js';
export { istioTracing } from './presets.js';
export { type BucketOptions, bucketOf } from './rules/bucket.js';
export type {
  Accept,
  BaggageRule,
  BucketRule,
  BucketSource,
  Candidate,
  CookieRule,
  HeaderRule,
  IncomingDetails,
  IncomingHeaders,
  MatchedHeader,
  QueryRule,
  RenameRule,
  RequestView,
  Rule,
  Source,
  ValueRule,
} from './rules/rule.js';
export type { RequestTarget, TargetAddress } from './target-address.js';
export { clusterLocal, type Target } from './targets.js';
