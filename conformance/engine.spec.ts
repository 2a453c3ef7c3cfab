import { compile, parse, type RouteTable } from '@grayscale/traffic-rules';
import { type Answer, type Case, type CaseRequest, fixture, type Headers, loadCases } from './src/cases.js';
import { knownDifferences } from './src/known-differences.js';
import { predict, shares } from './src/sidecar-model.js';

const knownToEngine = knownDifferences.filter(({ by }) => by === 'engine');
const cases = loadCases();
const accepted = cases.filter(({ valid }) => valid);
const refused = cases.filter(({ valid }) => !valid);

function tableOf({ config }: Case): RouteTable {
  const { resources, issues } = parse(`${fixture}\n---\n${config}`, 'case.yaml');
  expect(issues.filter(({ severity }) => severity === 'error')).toEqual([]);
  const labels = { app: 'hello-page' };
  return compile(resources, { namespace: 'hello-page', labels, outboundTrafficPolicy: 'ALLOW_ANY' });
}

const exchanges = accepted.flatMap((recorded) =>
  recorded.exchanges.flatMap(({ request, answer }, number) =>
    answer === undefined
      ? []
      : [{ recorded, number, request, answer, name: nameOf(recorded, number, request) }],
  ),
);
const played = exchanges.filter(({ recorded, number }) => !isKnown(recorded.id, number));
const single = played.filter(({ answer }) => answer.tally === undefined);
const repeated = played.filter(({ answer }) => answer.tally !== undefined);

function isKnown(id: string, exchange: number): boolean {
  return knownToEngine.some((known) => known.id === id && known.exchange === exchange);
}

function nameOf(
  { id, about }: Case,
  number: number,
  { method, host, port, path, headers }: CaseRequest,
): string {
  const shown = headers.map(([name, value]) => ` ${name}=${value.slice(0, 20)}`).join('');
  return `${id} ${number} (${about}): ${method} ${host || '(empty)'} :${port} ${path.slice(0, 40)}${shown}`;
}

describe('the engine answers as a real sidecar did', () => {
  it.each(single)('$name', ({ recorded, request, answer }) => {
    const predicted = predict(tableOf(recorded), request);
    expect(comparable(predicted)).toEqual(comparable(answer));
    expect(answer.ms ?? 0).toBeGreaterThanOrEqual(predicted.tookMs - 5);
    expect(predicted.attempts).toEqual(expect.objectContaining(inCluster(answer)));
  });

  it.each(repeated)('by exact shares, within 5 sigma: $name', ({ recorded, request, answer }) => {
    const exact = shares(tableOf(recorded), request);
    const tally = answer.tally ?? {};
    for (const label of new Set([...exact.keys(), ...Object.keys(tally)])) {
      const share = exact.get(label) ?? 0;
      const sigma = Math.sqrt(request.repeat * share * (1 - share));
      expect(Math.abs((tally[label] ?? 0) - request.repeat * share)).toBeLessThanOrEqual(5 * sigma + 1e-9);
    }
  });
});

it('the recordings are all there, and every known difference is one of them', () => {
  expect({ cases: cases.length, accepted: accepted.length, exchanges: exchanges.length }).toEqual({
    cases: 65,
    accepted: 63,
    exchanges: 224,
  });
  expect(refused.map(({ id }) => id)).toEqual(['regex-re2-only', 'weight-omitted']);
  expect(exchanges.length - played.length).toBe(knownToEngine.length);
});

/** What both sides tell; the order of headers of different names does not matter. */
function comparable({ status, backend, upstream, body, headers, attempt }: Omit<Answer, 'attempts'>) {
  return {
    status,
    backend,
    ...(backend === undefined && { body }),
    ...(upstream && { upstream: { ...upstream, headers: sorted(upstream.headers) } }),
    headers: sorted(headers),
    ...(attempt !== undefined && backend !== undefined && attempt > 1 && { attempt }),
  };
}

function sorted(headers: Headers): Headers {
  return [...headers].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

/** Attempts at the chosen cluster; a mirror's are the proxy's affair. */
function inCluster({ attempts = {}, backend }: Answer): Record<string, number> {
  return Object.fromEntries(
    Object.entries(attempts).filter(([name]) => backend === undefined || name === backend),
  );
}
