import { type LookupSource, NameResolver } from './name-resolver.js';

/** Answers in turn; keeps what was asked. */
function resolverOf(...answers: Array<Error | string[]>) {
  const asked: string[] = [];
  const source: LookupSource = (name) => {
    asked.push(name);
    const answer = answers.shift() ?? new Error('asked too often');
    return answer instanceof Error
      ? Promise.reject(answer)
      : Promise.resolve(answer.map((address) => ({ address, family: 4 })));
  };
  return { resolver: new NameResolver(source), asked };
}

describe('names', () => {
  it('are asked for once in a while, and begin with another address each time', async () => {
    const { resolver, asked } = resolverOf(['127.0.0.1', '127.0.0.2']);
    const first = await resolver.addresses('a.ext');
    const second = await resolver.addresses('a.ext');
    expect([first[0]?.address, second[0]?.address]).toEqual(['127.0.0.1', '127.0.0.2']);
    expect(asked).toEqual(['a.ext']);
  });

  it('a failure is not remembered', async () => {
    const { resolver, asked } = resolverOf(new Error('ENOTFOUND'), ['127.0.0.1']);
    await expect(resolver.addresses('a.ext')).rejects.toThrow('ENOTFOUND');
    expect(await resolver.addresses('a.ext')).toEqual([{ address: '127.0.0.1', family: 4 }]);
    expect(asked).toHaveLength(2);
  });

  it('are asked for again after a while, and go on with the next address', async () => {
    const { resolver, asked } = resolverOf(['a', 'b'], ['a', 'b'], ['a', 'b']);
    const { now } = Date;
    const firstAt = async (time: number) => {
      Date.now = () => time;
      return (await resolver.addresses('a.ext'))[0]?.address;
    };
    try {
      expect([await firstAt(0), await firstAt(4999), asked.length]).toEqual(['a', 'b', 1]);
      expect([await firstAt(5000), asked.length]).toEqual(['a', 2]);
      Date.now = () => 10_000;
      resolver.sweep();
      expect([await firstAt(9999), asked.length]).toEqual(['b', 2]);
      Date.now = () => 10_001;
      resolver.sweep();
      expect([await firstAt(10_001), asked.length]).toEqual(['a', 3]);
    } finally {
      Date.now = now;
    }
  });

  it('are looked up as net.connect asks for them: the first address, or all of them', async () => {
    const { resolver } = resolverOf(['a', 'b', 'c'], Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
    const lookUp = (name: string, all: boolean) =>
      new Promise((resolve) => resolver.lookup(name, { all }, (...answer) => resolve(answer)));
    expect(await lookUp('a.ext', false)).toEqual([null, 'a', 4]);
    const both = [
      { address: 'b', family: 4 },
      { address: 'c', family: 4 },
      { address: 'a', family: 4 },
    ];
    expect(await lookUp('a.ext', true)).toEqual([null, both]);
    expect(await lookUp('b.ext', false)).toEqual([expect.objectContaining({ code: 'ENOTFOUND' }), '', 0]);
  });
});
