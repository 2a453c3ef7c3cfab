import { axiosClients, fetchClients, type Get, nodeHttpClients, undiciClients } from '../testing/clients.js';
import { inRequest, propagation, redirect, startUpstream, type Upstream } from '../testing/upstream.js';
import { propagateNodeHttp } from './node-http.js';

let upstream: Upstream;
let undo: () => void;

beforeAll(async () => {
  upstream = await startUpstream();
  undo = () => undefined;
});
afterEach(() => undo());
afterAll(() => upstream.close());
beforeEach(() => {
  upstream.received.length = 0;
});

const groups: Record<string, () => Record<string, Get>> = {
  undici: () => undiciClients(propagation),
  axios: () => axiosClients(propagation),
  fetch: () => fetchClients(propagation),
  'node:http': () => nodeHttpClients(),
};
const followsNone = /^http\.get|undici: (?!.*redirect)/;

/** How many requests of the matrix arrived, for its last line. */
const counted = { clients: 0, requests: 0, leaks: 0 };

describe.each(Object.keys(groups))('%s', (group) => {
  const clients = (groups[group] as (typeof groups)[string])();
  const names = Object.keys(clients);
  const get = (name: string, url: string, headers?: Record<string, string>) =>
    inRequest(() => (clients[name] as Get)(url, headers));

  beforeEach(() => {
    if (group === 'node:http') undo = propagateNodeHttp(propagation);
  });
  afterEach(() => {
    counted.requests += upstream.received.length;
    counted.leaks += upstream.leaks().length;
    expect(upstream.leaks()).toEqual([]);
  });
  afterAll(() => {
    counted.clients += names.length;
  });

  const followers = names.filter((name) => !followsNone.test(name));
  if (followers.length > 0) {
    describe.each([301, 302, 303, 307, 308])('a %i', (status) => {
      it.each(followers)('out takes nothing along: %s', async (name) => {
        await get(name, redirect(upstream.inside, `${upstream.outside}/`, status));
        expect(upstream.users()).toEqual(['ours', undefined]);
      });

      it.each(followers)('within takes ours along: %s', async (name) => {
        await get(name, redirect(upstream.inside, `${upstream.inside}/`, status));
        expect(upstream.users()).toEqual(['ours', 'ours']);
      });
    });

    it.each(followers)('a redirect out and in again gives nothing away: %s', async (name) => {
      await get(name, redirect(upstream.inside, redirect(upstream.outside, `${upstream.inside}/`)));
      expect(upstream.users().slice(0, 2)).toEqual(['ours', undefined]);
    });

    it.each(followers)('a redirect from outside gives nothing away: %s', async (name) => {
      await get(name, redirect(upstream.outside, `${upstream.outside}/`));
      expect(upstream.users()).toEqual([undefined, undefined]);
    });
  }

  it.each(names)("the application's own headers are left to it: %s", async (name) => {
    await get(name, `${upstream.outside}/`, { user: 'mine', baggage: 'k=v' });
    await get(name, `${upstream.inside}/`, { user: 'mine', baggage: 'k=v' });
    expect(upstream.users()).toEqual(['mine', 'mine']);
    expect(upstream.received.map(({ headers }) => headers.baggage)).toEqual([['k=v'], ['k=v,tenant=acme']]);
  });

  const retrying = names.filter((name) => /retry/.test(name));
  if (retrying.length > 0) {
    it.each(retrying)('a retry has the headers of its own request: %s', async (name) => {
      // The first user opens the connection in whose context undici retries for the second.
      await propagation.runWith({ user: 'another' }, () => (clients[name] as Get)(`${upstream.inside}/`));
      await get(name, `${upstream.inside}/flaky?key=${encodeURIComponent(name)}`);
      expect(upstream.users()).toEqual(['another', 'ours', 'ours']);
      await (clients[name] as Get)(`${upstream.inside}/flaky?key=none-${encodeURIComponent(name)}`);
      expect(upstream.users().slice(3)).toEqual([undefined, undefined]);
    });
  }
});

describe('the matrix', () => {
  it('sees a leak where there is one', async () => {
    const careless: Get = (url) => fetch(url, { headers: propagation.current() as Record<string, string> });
    await inRequest(() => careless(redirect(upstream.inside, `${upstream.outside}/`)));
    expect(upstream.leaks()).toHaveLength(1);
  });

  it('had many clients and requests', () => {
    process.stdout.write(
      `leak matrix: ${counted.clients} clients, ${counted.requests} requests, ${counted.leaks} leaks\n`,
    );
    expect(counted.clients).toBeGreaterThan(40);
  });
});
