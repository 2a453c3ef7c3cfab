import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import fastify from 'fastify';
import { HeaderPropagation } from '../index.js';
import { captureFastify, captureMiddleware } from './index.js';

const propagation = new HeaderPropagation({
  rules: [
    { query: 'name', to: 'user' },
    { header: 'x-request-id', default: () => 'made' },
  ],
  response: ['X-Request-Id'],
});
const answer = () => JSON.stringify(propagation.current());

const servers: Record<string, () => Server | Promise<Server>> = {
  'node:http': () => {
    const capture = captureMiddleware(propagation);
    const handle: RequestListener = (_request, response) => void setImmediate(() => response.end(answer()));
    return createServer((request, response) => capture(request, response, () => handle(request, response)));
  },
  Express: () => {
    const app = express();
    app.use(captureMiddleware(propagation));
    app.use(express.json());
    app.use((_request, response) => void response.send(answer()));
    return createServer(app);
  },
  Fastify: async () => {
    const app = fastify();
    await app.register(captureFastify(propagation));
    app.all('/page', async () => answer());
    await app.ready();
    return app.server;
  },
};

describe.each(Object.keys(servers))('capture on %s, without Nest', (name) => {
  let server: Server;
  let url: string;

  beforeAll(async () => {
    server = await (servers[name] as () => Server | Promise<Server>)();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/page`;
  });
  afterAll(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });

  it('captures, also behind a body', async () => {
    const body = JSON.stringify({ text: 'x'.repeat(100_000) });
    const headers = { 'content-type': 'application/json', 'x-request-id': 'r1' };
    const response = await fetch(`${url}?name=test`, { method: 'POST', body, headers });
    expect(await response.json()).toEqual({ user: 'test', 'x-request-id': 'r1' });
  });

  it('gives the response the headers that the options name', async () => {
    const sent = await fetch(url, { headers: { 'x-request-id': 'r2' } });
    const made = await fetch(url);
    expect([sent, made].map(({ headers }) => headers.get('x-request-id'))).toEqual(['r2', 'made']);
    expect(sent.headers.get('user')).toBeNull();
  });
});

it('leaves what the application set on the response', async () => {
  const capture = captureMiddleware(propagation);
  const server = createServer((request, response) => {
    response.setHeader('x-request-id', 'mine');
    capture(request, response, () => response.end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  expect(response.headers.get('x-request-id')).toBe('mine');
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

it.each<[unknown, RegExp]>([
  ['x-request-id', /^response: "x-request-id" is not a list/],
  [['x-other'], /^response\[0\]: no rule sends "x-other" on/],
  [['a b'], /^response\[0\]: "a b"/],
])('response: %j is an error', (response, message) => {
  expect(() => new HeaderPropagation({ rules: ['x-request-id'], response } as never)).toThrow(message);
});
