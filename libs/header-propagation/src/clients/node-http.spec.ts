import http, { type ClientRequest, type RequestOptions } from 'node:http';
import { encodeFieldValue, HeaderPropagation } from '../index.js';
import { type EchoServer, type Received, startEchoServer } from '../testing/echo-server.js';
import { propagateNodeHttp } from './node-http.js';

let echo: EchoServer;
let other: EchoServer;
let undo: () => void;

beforeAll(async () => {
  [echo, other] = await Promise.all([startEchoServer(), startEchoServer()]);
});
afterEach(() => undo());
afterAll(() => Promise.all([echo.close(), other.close()]));

const answerTo = (request: ClientRequest, body?: string | Buffer) =>
  new Promise<Received>((resolve, reject) => {
    request.on('response', async (response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      resolve(JSON.parse(text));
    });
    request.on('error', reject).end(body);
  });

function install(targets: string[], values: Record<string, string | string[]> = { user: 'ours' }) {
  const propagation = new HeaderPropagation({ rules: [...Object.keys(values), 'baggage'], targets });
  undo = propagateNodeHttp(propagation);
  return <T>(fn: () => T): T => propagation.runWith(values, fn);
}

describe('bytes beyond ASCII', () => {
  const bodies = { 'no body': undefined, 'a body of text': 'ä', 'a body of bytes': Buffer.from('b') };
  const headers: Record<string, RequestOptions['headers']> = {
    'no headers': {},
    Expect: { Expect: '100-continue' },
    'a list': ['Host', 'x', 'A', 'b'],
  };
  const cases = Object.keys(headers).flatMap((one) => Object.keys(bodies).map((body) => [one, body]));

  it.each(cases as [string, keyof typeof bodies][])(
    'arrive as they are with %s and %s',
    async (one, body) => {
      const inRequest = install(['127.0.0.1'], { user: '张三' });
      const options = { method: 'POST', headers: headers[one] ?? {} };
      const received = await inRequest(() => answerTo(http.request(echo.url, options), bodies[body]));
      expect(received.headers.user).toEqual([encodeFieldValue('张三')]);
    },
  );
});

describe('a target with a port', () => {
  const forms: Record<string, (url: string) => ClientRequest> = {
    'a URL as text': (url) => http.request(url),
    'a URL': (url) => http.request(new URL(url)),
    'a URL with options': (url) => http.request(url, { agent: false }),
    options: (url) => http.request({ host: '127.0.0.1', port: new URL(url).port }),
    'options before the URL': (url) => http.request('http://127.0.0.1:1/', { port: new URL(url).port }),
    'a list of headers': (url) => http.request(url, { headers: ['Host', 'x'] }),
    'a default port': (url) => http.request({ host: '127.0.0.1', defaultPort: Number(new URL(url).port) }),
  };

  it.each(Object.keys(forms))('is told from the others: %s', async (form) => {
    const inRequest = install([`127.0.0.1:${echo.port}`]);
    const request = forms[form] as (url: string) => ClientRequest;
    const [within, outside] = await inRequest(() =>
      Promise.all([echo, other].map(({ url }) => answerTo(request(url)))),
    );
    expect([within?.headers.user, outside?.headers.user]).toEqual([['ours'], undefined]);
  });
});

describe('what was added', () => {
  it('is in the head alone, where nobody reads it and sends it on', async () => {
    const inRequest = install(['127.0.0.1'], { user: 'ours', baggage: 'a=1' });
    const request = inRequest(() => http.request(echo.url, { headers: { Baggage: 'b=2' } }));
    const { headers } = await answerTo(request);
    expect([headers.user, headers.baggage]).toEqual([['ours'], ['b=2,a=1']]);
    expect(request.getHeaders()).toEqual({ baggage: 'b=2', host: `127.0.0.1:${echo.port}` });
  });

  it('yields to what is set after the request was made', async () => {
    const inRequest = install(['127.0.0.1']);
    const request = inRequest(() => http.request(echo.url)).setHeader('User', 'mine');
    expect((await answerTo(request as ClientRequest)).headers.user).toEqual(['mine']);
  });

  it('does not go with a request that an agent makes for another host while it serves one', async () => {
    const inRequest = install(['127.0.0.1']);
    let inner: Promise<Received> | undefined;
    class Nesting extends http.Agent {
      override createConnection(...args: Parameters<http.Agent['createConnection']>) {
        const options = { headers: ['Host', 'localhost'], host: 'localhost', port: echo.port };
        // As a tunnelling agent makes its own, by the class.
        inner ??= answerTo(new http.ClientRequest(options as never));
        return super.createConnection(...args);
      }
    }
    const options = { headers: { Expect: '100-continue' }, agent: new Nesting() };
    const outer = await inRequest(() => answerTo(http.request(echo.url, options)));
    expect([outer.headers.user, (await inner)?.headers.user]).toEqual([['ours'], undefined]);
  });
});

describe('a request by another way than the functions that are replaced', () => {
  // Taken while they are Node's own, as a library does that is loaded before the start.
  const { get, request } = http;
  const ways: Record<string, (options: RequestOptions) => ClientRequest> = {
    'http.request, taken before': (options) => request(options),
    'http.get, taken before': (options) => get(options),
    'a ClientRequest of its own': (options) => new http.ClientRequest(options as never),
    'an agent of its own': (options) => request({ ...options, agent: new http.Agent({ keepAlive: false }) }),
    'no agent': (options) => request({ ...options, agent: false }),
  };
  const to = ({ url }: EchoServer) => ({ host: '127.0.0.1', port: new URL(url).port });

  it.each(Object.entries(ways))('has the headers: %s', async (_, send) => {
    const inRequest = install(['127.0.0.1']);
    expect((await inRequest(() => answerTo(send(to(echo))))).headers.user).toEqual(['ours']);
    expect((await answerTo(send(to(echo)))).headers.user).toBeUndefined();
    undo();
    expect((await inRequest(() => answerTo(send(to(echo))))).headers.user).toBeUndefined();
  });

  it.each(Object.entries(ways))(
    'has what the application set, and ours to targets alone: %s',
    async (_, send) => {
      const inRequest = install([`127.0.0.1:${new URL(echo.url).port}`]);
      const own = { ...to(echo), headers: { User: 'mine' } };
      expect((await inRequest(() => answerTo(send(own)))).headers.user).toEqual(['mine']);
      expect((await inRequest(() => answerTo(send(to(echo))))).headers.user).toEqual(['ours']);
      expect((await inRequest(() => answerTo(send(to(other))))).headers.user).toBeUndefined();
      const disguised = { ...to(other), headers: { Host: `127.0.0.1.evil:${new URL(echo.url).port}` } };
      expect((await inRequest(() => answerTo(send(disguised)))).headers.user).toBeUndefined();
    },
  );

  it('is of the context in which it was made, whenever its head is written', async () => {
    const inRequest = install(['127.0.0.1'], { user: 'first' });
    const propagation = new HeaderPropagation({ rules: ['user'], targets: ['127.0.0.1'] });
    const sent = inRequest(() => request(to(echo)));
    expect((await propagation.runWith({ user: 'second' }, () => answerTo(sent))).headers.user).toEqual([
      'first',
    ]);
  });
});
