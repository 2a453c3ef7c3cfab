import type { HashPolicy, LoadBalancing } from '../cluster.js';

/** How an endpoint is chosen, where a DestinationRule asks for another way than Istio's own (the one with the fewest requests); undefined: it does not. */
export function describeLoadBalancing(loadBalancing: LoadBalancing): string | undefined {
  if (typeof loadBalancing !== 'string') return `an endpoint is chosen by ${hashed(loadBalancing)}`;
  return words[loadBalancing];
}

const words: Readonly<Record<LoadBalancing & string, string | undefined>> = {
  LEAST_REQUEST: undefined,
  PASSTHROUGH: undefined,
  RANDOM: 'an endpoint is chosen at random',
  ROUND_ROBIN: 'endpoints are chosen in turn',
};

function hashed(policy: HashPolicy): string {
  switch (policy.kind) {
    case 'header':
      return `the header ${policy.name}`;
    case 'cookie':
      return `the cookie ${policy.name}${policy.ttl === undefined ? '' : ', which clients without it are given'}`;
    case 'query-parameter':
      return `the query parameter ${policy.name}`;
    case 'source-ip':
      return "the client's address";
  }
}
