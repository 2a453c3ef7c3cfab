import { isSubset } from '../../model/service.js';
import type { Gateway } from '../../resources/gateway.js';
import type { KubernetesGateway } from '../../resources/gateway-api.js';
import type { Service } from '../../resources/kubernetes.js';
import type { Resource } from '../../resources/resource.js';
import type { Workload } from '../../workload.js';
import { istioGateways, kubernetesGateways, ofKind } from '../of-kind.js';
import { clusterDomain } from '../short-name.js';
import { gatewayNameLabel, serviceHostsOf } from './kubernetes-gateway.js';

/** The labels and the namespace of the gateway that Istio's own profiles install. */
const usual = { label: { istio: 'ingressgateway' }, app: 'istio-ingressgateway', namespace: 'istio-system' };

/** A gateway as a client of its own: what people call it, and the workload that serves it. */
export interface GatewayClient {
  /** `namespace/name` of the Gateway. */
  name: string;
  workload: Workload;
}

/**
 * The workloads that serve the Gateways among the resources. The files say as a rule where they run by a Service that
 * selects them; without one a Gateway is served in Istio's own namespace if it selects Istio's usual gateway, else in
 * its own.
 */
export function gatewayClients(resources: readonly Resource[]): GatewayClient[] {
  const services = ofKind(resources, 'Service');
  return [
    ...istioGateways(resources).map((gateway) => clientOf(gateway, workloadServing(gateway, services))),
    ...kubernetesGateways(resources).map((gateway) => clientOf(gateway, workloadOfApi(gateway, services))),
  ];
}

function clientOf({ metadata }: Gateway | KubernetesGateway, where: Where): GatewayClient {
  const name = `${metadata.namespace}/${metadata.name}`;
  return { name, workload: { ...where, outboundTrafficPolicy: 'ALLOW_ANY', proxy: 'gateway' } };
}

type Where = Pick<Workload, 'namespace' | 'labels'>;

function workloadServing({ metadata, spec }: Gateway, services: readonly Service[]): Where {
  const { selector } = spec;
  const candidates = services.filter(
    (service) => Object.keys(selector).length > 0 && isSubset(selector, service.spec.selector),
  );
  const service =
    candidates.find((one) => one.metadata.namespace === metadata.namespace) ??
    candidates.find((one) => one.metadata.namespace === usual.namespace) ??
    candidates[0];
  if (service !== undefined) return { namespace: service.metadata.namespace, labels: service.spec.selector };
  const labels = Object.keys(selector).length === 0 ? usual.label : selector;
  if (!isSubset(labels, usual.label)) return { namespace: metadata.namespace, labels };
  return { namespace: usual.namespace, labels: { ...labels, app: usual.app } };
}

/** Of the Service that it names; without one Istio makes a deployment for it (Istio, files/kube-gateway.yaml: its name is the Gateway's with its class). */
function workloadOfApi(gateway: KubernetesGateway, services: readonly Service[]): Where {
  const { metadata } = gateway;
  const hosts = serviceHostsOf(gateway);
  const named = services.find((service) =>
    hosts.includes(`${service.metadata.name}.${service.metadata.namespace}.svc.${clusterDomain}`),
  );
  if (named !== undefined) return { namespace: named.metadata.namespace, labels: named.spec.selector };
  const deployment = `${metadata.name}-${gateway.spec.gatewayClassName}`;
  const labels = { [gatewayNameLabel]: metadata.name, 'service.istio.io/canonical-name': deployment };
  return { namespace: metadata.namespace, labels };
}
