import { parse, validate } from '@grayscale/traffic-rules';
import { type Case, type CaseRequest, isInForce, loadCases } from './src/cases.ts';
import { knownDifference, knownDifferences } from './src/known-differences.ts';
import { connected, isConnection, whoAnswered } from './src/recorded-connection.ts';
import { comparable, decided, recorded, shares } from './src/recorded-decision.ts';
import { RecordedTables, tableFor } from './src/recorded-table.ts';
import { recordingVariants } from './src/recording-variants.ts';

const cases = loadCases();
const accepted = cases.filter(isInForce);
const refused = cases.filter((recording) => !isInForce(recording));

const exchanges = accepted.flatMap((recording) =>
  recording.exchanges.flatMap(({ request, answer }, number) =>
    answer === undefined || isConnection(recording, request)
      ? []
      : [{ recording, number, request, answer, name: nameOf(recording, number, request) }],
  ),
);
const connections = accepted.flatMap((recording) =>
  recording.exchanges.flatMap(({ request, answer }, number) => {
    const expected = answer && isConnection(recording, request) ? whoAnswered(answer) : undefined;
    return expected === undefined || isKnown(recording, number)
      ? []
      : [{ recording, request, expected, name: nameOf(recording, number, request) }];
  }),
);
const played = exchanges.filter(({ recording, number }) => !isKnown(recording, number));
const single = played.filter(({ answer }) => answer.tally === undefined);
const repeated = played.filter(({ answer }) => answer.tally !== undefined);

function isKnown({ id }: Case, number: number): boolean {
  return knownDifference(id, number, 'engine') !== undefined;
}

function nameOf(
  { id, about }: Case,
  number: number,
  { method, host, port, path, headers }: CaseRequest,
): string {
  const shown = headers.map(([name, value]) => ` ${name}=${value.slice(0, 20)}`).join('');
  return `${id} ${number} (${about}): ${method} ${host || '(empty)'} :${port} ${path.slice(0, 40)}${shown.slice(0, 80)}`;
}

describe('the engine decides as a real sidecar did', () => {
  it.each(single)('$name', ({ recording, request, answer }) => {
    const told = decided(tableFor(recording, request), request, answer);
    expect(comparable(told)).toEqual(comparable(recorded(answer, told)));
  });

  it.each(repeated)('by exact shares, within 5 sigma: $name', ({ recording, request, answer }) => {
    const exact = shares(tableFor(recording, request), request, answer);
    const tally = answer.tally ?? {};
    const known = new Set([...exact.keys()].flatMap((label) => label.split(',')));
    expect(Object.keys(tally).filter((label) => !known.has(label))).toEqual([]);
    for (const [label, share] of exact) {
      const counted = label.split(',').reduce((sum, backend) => sum + (tally[backend] ?? 0), 0);
      const sigma = Math.sqrt(request.repeat * share * (1 - share));
      expect(Math.abs(counted - request.repeat * share)).toBeLessThanOrEqual(5 * sigma + 1e-9);
    }
  });
});

describe('the same rules in another form are decided in the same way', () => {
  const inForms = accepted
    .filter(({ config }) => config !== '')
    .flatMap((recording) =>
      recordingVariants(recording).map((variant) => ({ original: recording, ...variant })),
    );

  it.each(inForms)('$name', ({ original, recording, request: inForm }) => {
    const before = new RecordedTables(original);
    const after = new RecordedTables(recording);
    for (const { request, answer = { headers: [] } } of original.exchanges) {
      if (isConnection(original, request))
        expect(connected(after.for(request), inForm(request))).toEqual(
          connected(before.for(request), request),
        );
      else {
        const { by } = decided(before.for(request), request, answer);
        expect(decided(after.for(request), inForm(request), answer).by).toBe(by);
      }
    }
  });
});

describe('the engine leads a connection where a real sidecar did', () => {
  it.each(connections)('$name', ({ recording, request, expected }) => {
    const candidates = connected(tableFor(recording, request), request);
    expect(candidates).toContain(expected);
    expect(new Set(candidates.map((name) => name === 'nobody')).size).toBe(1);
  });
});

/** What the recording says of an exchange, and what the engine does; the same once the difference is mended. */
function bothWays(recording: Case, number: number): [told: unknown, recorded: unknown] {
  const { request, answer } = recording.exchanges[number] as Case['exchanges'][number];
  if (answer === undefined) return [undefined, 'nothing'];
  if (isConnection(recording, request)) {
    const expected = whoAnswered(answer);
    return [
      connected(tableFor(recording, request), request).includes(expected ?? '') ? expected : undefined,
      expected,
    ];
  }
  if (answer.tally !== undefined) {
    const labels = [...shares(tableFor(recording, request), request, answer).keys()];
    const known = new Set(labels.flatMap((label) => label.split(',')));
    return [[...known].sort(), Object.keys(answer.tally).sort()];
  }
  const told = decided(tableFor(recording, request), request, answer);
  return [comparable(told), comparable(recorded(answer, told))];
}

describe('what is known to differ differs still; once it does not, its entry is to go', () => {
  const differing = accepted.flatMap((recording) =>
    recording.exchanges.flatMap((_, number) => {
      const known = knownDifference(recording.id, number, 'engine');
      return known === undefined || known.kind === 'chance'
        ? []
        : [{ name: `${recording.id} ${number}: ${known.reason}`, recording, number }];
    }),
  );

  it.each(differing)('$name', ({ recording, number }) => {
    const [told, expected] = bothWays(recording, number);
    expect(told).not.toEqual(expected);
  });
});

describe('rules that Istio or Envoy refuse', () => {
  it.each(refused.filter((recording) => !isKnown(recording, 0)))('$id is reported', ({ config }) => {
    const { resources, issues, apiServerIssues } = parse(config, 'case.yaml');
    expect([...issues, ...apiServerIssues, ...validate(resources)]).not.toEqual([]);
  });
});

it('every known difference is of a recording', () => {
  const known = knownDifferences.filter(
    ({ id, exchange = 0 }) =>
      cases.find((recording) => recording.id === id)?.exchanges[exchange] === undefined,
  );
  expect(known).toEqual([]);
});
