export type { Client } from './client.js';
export type { Cluster, Discovery, Endpoint, LoadBalancing, ServiceIdentity } from './cluster.js';
export type {
  BadRequest,
  Because,
  Blocked,
  ClusterNotFound,
  Cors,
  Decision,
  DirectResponse,
  Fault,
  Forward,
  HeaderMutation,
  HeaderValueFormat,
  Mirror,
  NoRoute,
  PassThrough,
  Redirect,
  ResourceReference,
  RetryPolicy,
} from './decision.js';
export type { Issue, Location, Severity } from './issue.js';
export { type IssueCode, issueCodes } from './issue-codes.js';
export { type Parsed, parse } from './parse/parse.js';
export type { RouteRequest } from './request.js';
export type { Metadata, Source } from './resources/metadata.js';
export type { Resource } from './resources/resource.js';
