import { readFileSync } from 'node:fs';
import { differenceOf, differences } from '../../test/side-by-side/differences.js';
import { exchanges } from '../../test/side-by-side/exchanges.js';
import { type Lane, playAll, startLanes, stopLanes } from '../../test/side-by-side/lanes.js';
import { isSame, type Outcome } from '../../test/side-by-side/play.js';

/** What an Envoy 1.40 made of each exchange; written by `npm run side-by-side record`. */
const recorded = JSON.parse(
  readFileSync(new URL('../../test/side-by-side/envoy.json', import.meta.url), 'utf8'),
) as Record<string, Outcome>;
const reliability = readFileSync(new URL('../../../../docs/reliability.md', import.meta.url), 'utf8');

describe('what an Envoy did, byte by byte', () => {
  let lanes: Lane[] = [];
  let played: Map<string, Outcome>;

  beforeAll(async () => {
    lanes = await startLanes();
    played = await playAll(lanes, (exchange, { backend, meshPort }) => {
      const { name } = exchange;
      return backend.play(exchange, meshPort, differenceOf(name) === undefined ? recorded[name] : undefined);
    });
  });

  afterAll(() => stopLanes(lanes));

  it.each(exchanges.filter(({ name }) => differenceOf(name) === undefined))('$name', ({ name }) => {
    expect(played.get(name)).toEqual(recorded[name]);
  });

  it.each(differences)('is done otherwise here: $why', ({ why }) => {
    const known = exchanges.filter(({ name }) => differenceOf(name)?.why === why);
    const differing = known.filter(
      ({ name }) => !isSame(played.get(name) as Outcome, recorded[name] as Outcome),
    );
    expect(differing.map(({ name }) => name)).toEqual(known.map(({ name }) => name));
    expect(known).not.toEqual([]);
  });
});

it('each exchange was recorded, under a name of its own', () => {
  expect(exchanges.map(({ name }) => name).sort()).toEqual(Object.keys(recorded).sort());
});

it.each(differences)('docs/reliability.md says: $why', ({ why }) => {
  expect(reliability).toContain(`- ${why}\n`);
});
