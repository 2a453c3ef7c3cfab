export type { Captured, Dropped, DropReason, HeaderRecord, HeaderValue } from './captured.js';
export { HeaderPropagationError, type HeaderPropagationErrorCode } from './errors.js';
export { decodeFieldValue, encodeFieldValue, isFieldValue } from './field-value.js';
export { type DropCounts, HeaderPropagation } from './header-propagation.js';
export type { MethodHeaders, OutgoingHeaders } from './inject.js';
export type { HeaderPropagationOptions, Limits } from './options.js';
export { istioTracing } from './presets.js';
export type {
  Accept,
  BaggageRule,
  Candidate,
  CookieRule,
  HeaderRule,
  IncomingDetails,
  IncomingHeaders,
  QueryRule,
  RenameRule,
  Rule,
  Source,
} from './rules/rule.js';
export { clusterLocal, type Target, type TargetAddress } from './targets.js';
