import type { DestinationRuleSpec, Subset } from '../resources/destination-rule.js';
import { list, map, mapped, message, messageOf } from './decode.js';
import { string } from './scalar.js';
import { trafficPolicy } from './traffic-policy.js';

const subset = messageOf<Subset>(
  { name: string, labels: map(string), trafficPolicy },
  { name: '', labels: {} },
);

const workloadSelector = mapped(
  message({ matchLabels: map(string) }),
  ({ matchLabels }) => matchLabels ?? {},
);

export const destinationRuleSpec = messageOf<DestinationRuleSpec>(
  { host: string, trafficPolicy, subsets: list(subset), exportTo: list(string), workloadSelector },
  { host: '', subsets: [], exportTo: [] },
);
