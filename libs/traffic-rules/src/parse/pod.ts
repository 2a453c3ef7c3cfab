import { isObject } from '../fields/object.js';
import { isIstioAnnotation, type Metadata } from '../resources/metadata.js';
import type { Pod, PodTemplate } from '../resources/pod.js';

/**
 * What of a pod or its template routing asks for. These kinds are read leniently: whatever else is in them, and whether it is right,
 * is the API server's to say.
 */
export function podTemplate(value: unknown): PodTemplate {
  const { metadata, spec } = fields(value);
  const { labels, annotations } = fields(metadata);
  return {
    labels: texts(labels),
    annotations: ofIstio(annotations),
    ports: namedPorts(fields(spec).containers),
  };
}

/** The address and the readiness of a running pod. */
export function podStatus(value: unknown): Pick<Pod, 'address' | 'ready'> {
  const { podIP, podIPs, phase, conditions } = fields(value);
  const [first] = items(podIPs);
  const address = typeof podIP === 'string' ? podIP : fields(first).ip;
  const ready = items(conditions)
    .map(fields)
    .find(({ type }) => type === 'Ready');
  const ended = phase === 'Failed' || phase === 'Succeeded';
  return {
    ...(typeof address === 'string' && address !== '' && { address }),
    ready: !ended && (ready === undefined || ready.status === 'True'),
  };
}

/** The template of a kind that makes pods; a CronJob's is that of its Jobs. */
export function templateOf(kind: string, spec: unknown): PodTemplate {
  const { template, jobTemplate } = fields(spec);
  return podTemplate(kind === 'CronJob' ? fields(fields(jobTemplate).spec).template : template);
}

/** The labels by which a policy selects pods; none where it says nothing. */
export function matchLabels(spec: unknown): PodTemplate['labels'] {
  return texts(fields(fields(spec).selector).matchLabels);
}

/** Name, namespace, labels and Istio's annotations, as far as they are texts. */
export function peekedMetadata(value: unknown): Metadata {
  const { name, namespace, labels, annotations } = fields(value);
  return {
    name: typeof name === 'string' ? name : '',
    namespace: typeof namespace === 'string' && namespace !== '' ? namespace : 'default',
    labels: texts(labels),
    annotations: ofIstio(annotations),
  };
}

function ofIstio(annotations: unknown): PodTemplate['annotations'] {
  return Object.fromEntries(Object.entries(texts(annotations)).filter(([name]) => isIstioAnnotation(name)));
}

function namedPorts(containers: unknown): Map<string, number> {
  const ports = new Map<string, number>();
  for (const container of items(containers))
    for (const port of items(fields(container).ports)) {
      const { name, containerPort } = fields(port);
      if (typeof name === 'string' && typeof containerPort === 'number' && !ports.has(name))
        ports.set(name, containerPort);
    }
  return ports;
}

function fields(value: unknown): Record<string, unknown> {
  return isObject(value) ? value : {};
}

function items(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function texts(value: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields(value)).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
