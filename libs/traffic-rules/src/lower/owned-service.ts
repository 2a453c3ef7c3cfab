import type { RegistryService } from '../model/service.js';
import type { Metadata } from '../resources/metadata.js';

/** A service with what decides who sees it. */
export interface OwnedService extends RegistryService {
  metadata: Metadata;
  exportTo: readonly string[];
  /** What documents for one host have in common, so that their ports are pooled. */
  traits: string;
}
