import { expectGolden } from '../../../../tools/golden/golden.js';
import { parse } from '../parse/parse.js';
import { validate } from './validate.js';

const places = ['*', 'r', 'r/*', 'r/z', 'r/z/*', 'r/z/s', 'r/z/*/s', 'r*', 'r//s', '', 'q/z', 'r/y'];

/** What is said of a list of localities, in a rule that detects outliers. */
function saidOf(locality: object): string[] {
  const document = {
    apiVersion: 'networking.istio.io/v1',
    kind: 'DestinationRule',
    metadata: { name: 'd', namespace: 'shop' },
    spec: {
      host: 'reviews',
      trafficPolicy: { outlierDetection: {}, loadBalancer: { localityLbSetting: locality } },
    },
  };
  const { resources, issues } = parse(JSON.stringify(document), 'rules.yaml');
  return [...issues, ...validate(resources)].map(
    ({ severity, path, message }) => `  ${severity} ${path.replace(/^.*localityLbSetting/, '')}: ${message}`,
  );
}

it('localities beside each other, as senders and as receivers', () => {
  const pairs = places.flatMap((one) => places.map((other) => [one, other] as const));
  const lines = pairs.flatMap(([one, other]) => [
    `from ${one}, ${other}`,
    ...saidOf({ distribute: [one, other].map((from) => ({ from, to: { r: 100 } })) }),
    `to ${one} and ${other}`,
    ...saidOf({ distribute: [{ from: 'a', to: { [one]: 60, [other]: one === other ? 100 : 40 } }] }),
    `failover ${one} to ${other}`,
    ...saidOf({ failover: [{ from: one, to: other }] }),
  ]);
  expectGolden(new URL('../../test/golden/localities.txt', import.meta.url), lines);
});

it('shares of localities', () => {
  const shares = [[100], [0, 100], [50, 50], [50, 51], [99], [-1, 101], [101], [4_294_967_295, 1]];
  const lines = shares.flatMap((weights) => [
    weights.join(' + '),
    ...saidOf({
      distribute: [{ from: 'a', to: Object.fromEntries(weights.map((weight, at) => [`r${at}`, weight])) }],
    }),
  ]);
  expectGolden(new URL('../../test/golden/locality-shares.txt', import.meta.url), lines);
});
