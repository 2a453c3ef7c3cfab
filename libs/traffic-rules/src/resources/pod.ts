import type { ResourceBase } from './metadata.js';

/** What of a pod matters to routing; the rest, and whatever is wrong with it, is the API server's. */
export interface PodTemplate {
  labels: Readonly<Record<string, string>>;
  /** Those of Istio's. */
  annotations: Readonly<Record<string, string>>;
  /** Ports of its containers that have a name. */
  ports: ReadonlyMap<string, number>;
}

/** core/v1 Pod. */
export interface Pod extends ResourceBase, PodTemplate {
  kind: 'Pod';
  /** Absent while it has none. */
  address?: string;
  /** Whether it may be sent requests, as far as its status says. */
  ready: boolean;
}

/** Kinds that make pods by a template. */
export const podControllers = [
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'ReplicationController',
  'Job',
  'CronJob',
  'Rollout',
] as const;

export interface PodController extends ResourceBase {
  kind: (typeof podControllers)[number];
  template: PodTemplate;
}
