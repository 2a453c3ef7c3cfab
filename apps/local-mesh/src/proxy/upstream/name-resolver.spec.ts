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
});
