import type { DestinationRule } from './destination-rule.js';
import type { Gateway } from './gateway.js';
import type { EndpointSlice, Namespace, Service } from './kubernetes.js';
import type { ServiceEntry } from './service-entry.js';
import type { VirtualService } from './virtual-service.js';

/** Every kind that the engine reads. */
export type Resource =
  | VirtualService
  | Gateway
  | ServiceEntry
  | DestinationRule
  | Service
  | EndpointSlice
  | Namespace;
