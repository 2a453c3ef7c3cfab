import { HeaderPropagation } from '../index.js';
import { nodesAgent } from '../testing/nodes-agent.js';
import { inRequest, propagation, redirect, startUpstream, type Upstream } from '../testing/upstream.js';
import { propagateGlobalFetch, propagatingFetch } from './fetch.js';

let upstream: Upstream;
beforeAll(async () => {
  upstream = await startUpstream();
});
afterAll(() => upstream.close());
beforeEach(() => {
  upstream.received.length = 0;
});

describe('a Request with a dispatcher of its own', () => {
  /** Of Node's own undici; it counts what goes through it. */
  function counting() {
    const agent = nodesAgent({ connections: 1 });
    const dispatcher = { requests: 0, close: () => agent.close() };
    return Object.assign(dispatcher, {
      dispatch: (...args: Parameters<typeof agent.dispatch>) => {
        dispatcher.requests += 1;
        return agent.dispatch(...args);
      },
    });
  }

  it('goes through it, checked at each hop', async () => {
    const dispatcher = counting();
    const url = redirect(upstream.inside, redirect(upstream.outside, `${upstream.inside}/`));
    const request = new Request(url, { dispatcher, headers: { a: 'b' } } as never);
    await inRequest(() => propagatingFetch(propagation)(request));
    expect(dispatcher.requests).toBe(3);
    expect(upstream.users()).toEqual(['ours', undefined, 'ours']);
    expect(upstream.received.map(({ headers }) => headers.a)).toEqual([['b'], ['b'], ['b']]);
    expect(upstream.leaks()).toEqual([]);
    await dispatcher.close();
  });

  it('is checked although it waits for a connection that another request has', async () => {
    const dispatcher = counting();
    const send = (user: string) =>
      propagation.runWith({ user }, () => {
        const request = new Request(redirect(upstream.inside, `${upstream.outside}/`), {
          dispatcher,
        } as never);
        return propagatingFetch(propagation)(request);
      });
    await Promise.all(['ours-1', 'ours-2', 'ours-3'].map(send));
    expect(upstream.users().toSorted()).toEqual([
      'ours-1',
      'ours-2',
      'ours-3',
      undefined,
      undefined,
      undefined,
    ]);
    await dispatcher.close();
  });
});

describe('the global fetch', () => {
  const create = (name: string) => new HeaderPropagation({ rules: [name] });

  it('has the headers of all that are installed, and none of those that were undone', async () => {
    const [first, second] = [create('x-first'), create('x-second')];
    const undo = [first, second].map((one) => propagateGlobalFetch(one));
    const send = () =>
      first.runWith({ 'x-first': '1' }, () =>
        second.runWith({ 'x-second': '2' }, () => fetch(`${upstream.inside}/`)),
      );
    await send();
    undo[0]?.();
    await send();
    undo[1]?.();
    await send();
    const sent = upstream.received.map(({ headers }) => [headers['x-first'], headers['x-second']]);
    expect(sent).toEqual([
      [['1'], ['2']],
      [undefined, ['2']],
      [undefined, undefined],
    ]);
  });
});
