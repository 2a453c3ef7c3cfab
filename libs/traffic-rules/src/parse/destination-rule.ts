import type { DestinationRuleSpec } from '../resources/destination-rule.js';
import { list, map, mapped, message } from './decode.js';
import type { Decoder } from './decoder.js';
import { string } from './scalar.js';
import { trafficPolicy } from './traffic-policy.js';

const subset = mapped(message({ name: string, labels: map(string), trafficPolicy }), (decoded) => ({
  ...decoded,
  name: decoded.name ?? '',
  labels: decoded.labels ?? {},
}));

const workloadSelector = mapped(
  message({ matchLabels: map(string) }),
  ({ matchLabels }) => matchLabels ?? {},
);

const fields = message({
  host: string,
  trafficPolicy,
  subsets: list(subset),
  exportTo: list(string),
  workloadSelector,
});

export const destinationRuleSpec: Decoder<DestinationRuleSpec> = mapped(fields, (decoded) => ({
  ...decoded,
  host: decoded.host ?? '',
  subsets: decoded.subsets ?? [],
  exportTo: decoded.exportTo ?? [],
}));
