import type { Labels } from '../model/service.js';
import { podControllers } from '../resources/pod.js';
import type { Resource } from '../resources/resource.js';
import { ofKind } from './of-kind.js';

/** A pod, or what makes its pods. */
export interface PodOrController {
  kind: string;
  namespace: string;
  name: string;
  labels: Labels;
}

/** The pods of the resources, those that are yet to be made included. */
export function podsOf(resources: readonly Resource[]): PodOrController[] {
  return [
    ...ofKind(resources, 'Pod'),
    ...podControllers.flatMap((kind) =>
      ofKind(resources, kind).map((controller) => ({ ...controller, labels: controller.template.labels })),
    ),
  ].map(({ kind, metadata: { namespace, name }, labels }) => ({ kind, namespace, name, labels }));
}
