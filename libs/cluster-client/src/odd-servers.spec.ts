import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiClient, type ClusterAccess, kinds, Resources, watch } from './index.js';

/** A server that behaves as a real one seldom does, and a client of it. */
async function serving(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer(answer);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const access: ClusterAccess = {
    server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    namespace: 'default',
    context: 'odd',
    credentials: async () => ({ headers: {}, connect: {} }),
  };
  const client = new ApiClient(access);
  return {
    services: new Resources(client, kinds.service),
    [Symbol.asyncDispose]: async () => {
      await client.close();
      server.close();
    },
  };
}

const named = (name: string) => ({ metadata: { name, namespace: 'default', resourceVersion: '1' } });
const json = (response: ServerResponse, value: object, status = 200) =>
  response.writeHead(status).end(JSON.stringify(value));

it('a list whose pages are forgotten meanwhile begins anew', async () => {
  const asked: string[] = [];
  await using odd = await serving(({ url = '' }, response) => {
    const from = new URL(url, 'http://odd').searchParams.get('continue');
    asked.push(from ?? 'begin');
    if (from === null)
      json(response, { metadata: { resourceVersion: '1', continue: 'second' }, items: [named('a')] });
    else if (asked.length === 2) json(response, { reason: 'Expired', message: 'too old' }, 410);
    else json(response, { metadata: { resourceVersion: '2' }, items: [named('b')] });
  });
  const { items } = await odd.services.list();
  expect(items.map(({ metadata }) => metadata.name)).toEqual(['a', 'b']);
  expect(asked).toEqual(['begin', 'second', 'begin', 'second']);
});

it('a list that is never whole is an error', async () => {
  await using odd = await serving((_, response) => {
    json(response, { reason: 'Expired', message: 'too old' }, 410);
  });
  await expect(odd.services.list()).rejects.toMatchObject({ status: 410 });
});

it('watches that end as soon as they have begun are a server in trouble, not to be asked in a circle', async () => {
  let watches = 0;
  await using odd = await serving(({ url = '' }, response) => {
    if (url.includes('watch=true')) {
      watches += 1;
      response.end();
    } else json(response, { metadata: { resourceVersion: '1' }, items: [] });
  });
  const abort = new AbortController();
  const types: string[] = [];
  for await (const { type } of watch(odd.services, { signal: abort.signal })) {
    types.push(type);
    if (types.filter((one) => one === 'interrupted').length === 3) abort.abort();
  }
  expect(types).toEqual(['listed', 'interrupted', 'resumed', 'interrupted', 'resumed', 'interrupted']);
  expect(watches).toBe(3);
});

it('a server that has forgotten again and again is asked with pauses', async () => {
  const asked: number[] = [];
  await using odd = await serving(({ url = '' }, response) => {
    if (url.includes('watch=true')) {
      asked.push(performance.now());
      json(response, { reason: 'Expired', message: 'too old' }, 410);
    } else json(response, { metadata: { resourceVersion: '1' }, items: [] });
  });
  const abort = new AbortController();
  let lists = 0;
  for await (const { type } of watch(odd.services, { signal: abort.signal })) {
    if (type === 'listed' && ++lists === 4) abort.abort();
  }
  // At once the first time, and then only after pauses, however short chance makes them.
  const gaps = asked.slice(1).map((at, index) => at - (asked[index] as number));
  expect(gaps.slice(1).every((gap) => gap > 100)).toBe(true);
});
