import { readFileSync } from 'node:fs';
import { http2Differences } from '../../test/http2-side-by-side/differences.js';
import { http2Exchanges } from '../../test/http2-side-by-side/exchanges.js';
import {
  type Http2Lane,
  playAllHttp2,
  startMeshLanes,
  upstreamOf,
} from '../../test/http2-side-by-side/lanes.js';
import { type Http2Outcome, isSameOutcome } from '../../test/http2-side-by-side/play.js';
import { differenceOf } from '../../test/side-by-side/differences.js';

/** What an Envoy 1.40 made of each exchange; written by `npm run side-by-side record`. */
const recorded = JSON.parse(
  readFileSync(new URL('../../test/http2-side-by-side/envoy.json', import.meta.url), 'utf8'),
) as Record<string, Http2Outcome>;
const reliability = readFileSync(new URL('../../../../docs/reliability.md', import.meta.url), 'utf8');

function knownDifference(name: string) {
  return differenceOf(name, http2Differences);
}

describe('what an Envoy did in HTTP/2', () => {
  let lanes: Http2Lane[] = [];
  let played: Map<string, Http2Outcome>;

  beforeAll(async () => {
    lanes = await startMeshLanes();
    played = await playAllHttp2(lanes, (exchange, { backend, proxies }) => {
      const { name } = exchange;
      const expected = knownDifference(name) === undefined ? recorded[name] : undefined;
      return backend.play(exchange, proxies[upstreamOf(exchange)], expected);
    });
  }, 240_000);

  afterAll(() => Promise.all(lanes.map((lane) => lane.stop())));

  it.each(http2Exchanges.filter(({ name }) => knownDifference(name) === undefined))('$name', ({ name }) => {
    expect(played.get(name)).toEqual(recorded[name]);
  });

  it.each(http2Differences)('is done otherwise here: $why', ({ why }) => {
    const known = http2Exchanges.filter(({ name }) => knownDifference(name)?.why === why);
    const differing = known.filter(
      ({ name }) => !isSameOutcome(played.get(name) as Http2Outcome, recorded[name] as Http2Outcome),
    );
    expect(differing.map(({ name }) => name)).toEqual(known.map(({ name }) => name));
    expect(known).not.toEqual([]);
  });
});

it('each exchange in HTTP/2 was recorded, under a name of its own', () => {
  expect(http2Exchanges.map(({ name }) => name).sort()).toEqual(Object.keys(recorded).sort());
});

it.each(http2Differences)('docs/reliability.md says: $why', ({ why }) => {
  expect(reliability).toContain(`- ${why}\n`);
});
