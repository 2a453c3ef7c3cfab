import { jest } from '@jest/globals';
import { Command } from 'commander';
import {
  addOutputOptions,
  addWorkloadOptions,
  CommandError,
  createProgram,
  exitCodes,
  painter,
  runProgram,
  UsageError,
  workloadOf,
} from './index.js';

const packageFile = new URL('../package.json', import.meta.url);

/** Runs a program whose only command does what is given. */
async function run(argv: string[], work: (options: unknown, finish: (code: number) => void) => void) {
  const printed = { out: '', err: '' };
  const spies = (['out', 'err'] as const).map((stream) =>
    jest.spyOn(process[`std${stream}`], 'write').mockImplementation((text) => {
      printed[stream] += String(text);
      return true;
    }),
  );
  try {
    const code = await runProgram((finish) => {
      const program = createProgram({ name: 'hello', description: 'Greets.', packageFile });
      addOutputOptions(addWorkloadOptions(program), ['text', 'json']);
      return program.allowExcessArguments(false).action((options: unknown) => work(options, finish));
    }, argv);
    return { code, ...printed };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

describe('a program', () => {
  it('ends with what its command says', async () => {
    expect(await run([], () => {})).toEqual({ code: 0, out: '', err: '' });
    expect(await run([], (_, finish) => finish(exitCodes.found))).toMatchObject({ code: 79 });
  });

  const wrong: Array<[string[], RegExp]> = [
    [['--outptu', 'json'], /unknown option '--outptu' \(Did you mean --output\?\) See hello --help\.\n$/],
    [['-o', 'xml'], /Allowed choices are text, json\. See hello --help\.\n$/],
    [['extra'], /too many arguments/],
    [['--labels', 'app'], /app is not KEY=VALUE/],
    [['--labels', 'a b=c'], /a b=c is not KEY=VALUE/],
    [['--labels', 'a=b=c'], /a=b=c is not KEY=VALUE/],
    [['-n', 'Shop'], /lower-case/],
  ];
  it.each(wrong)('ends %j with 64 and one line', async (argv, line) => {
    const { code, err } = await run(argv, () => {});
    expect([code, err.startsWith('hello: '), err.split('\n').length]).toEqual([64, true, 2]);
    expect(err).toMatch(line);
  });

  it('ends with the code of what kept it from its work, and says what that was', async () => {
    const fail = (error: Error) => () => {
      throw error;
    };
    expect(await run([], fail(new UsageError('Name a file.')))).toEqual({
      code: 64,
      out: '',
      err: 'hello: Name a file.\n',
    });
    const held = new CommandError(exitCodes.heldByAnother, 'It is held.');
    expect(await run([], fail(held))).toMatchObject({ code: 75, err: 'hello: It is held.\n' });
    const ours = await run([], fail(new TypeError('a fault')));
    expect(ours.code).toBe(70);
    expect(ours.err).toMatch(
      /^hello: this is a bug in hello, not a mistake in your files \(TypeError: a fault\.\) .*\n$/,
    );
  });

  it('has a version and help', async () => {
    expect(await run(['--version'], () => {})).toEqual({ code: 0, out: '0.1.0\n', err: '' });
    expect((await run(['--help'], () => {})).out).toContain('Greets.');
  });

  it('reads the workload', async () => {
    let workload: unknown;
    await run(['-n', 'shop', '--labels', 'app=cart,example.com/tier=x'], (options) => {
      workload = workloadOf(options as Parameters<typeof workloadOf>[0]);
    });
    expect(workload).toEqual({ namespace: 'shop', labels: { app: 'cart', 'example.com/tier': 'x' } });
  });
});

describe('colours', () => {
  const cases: Array<[string, boolean, boolean, NodeJS.ProcessEnv, boolean]> = [
    ['on a terminal', true, true, {}, true],
    ['not in a pipe', true, false, {}, false],
    ['not after --no-color', false, true, {}, false],
    ['not with NO_COLOR', true, true, { NO_COLOR: '1' }, false],
    ['not on a dumb terminal', true, true, { TERM: 'dumb' }, false],
  ];
  it.each(cases)('%s', (_, color, isTTY, environment, expected) => {
    const paint = painter({ color }, { isTTY }, environment);
    expect(paint('red', 'x')).toBe(expected ? '\u001B[31mx\u001B[39m' : 'x');
  });

  it('are switched off by the option', () => {
    const command = addOutputOptions(new Command('x'), ['text']);
    expect(command.parse(['--no-color'], { from: 'user' }).opts()).toEqual({ output: 'text', color: false });
    expect(addOutputOptions(new Command('x'), ['text']).parse([], { from: 'user' }).opts()).toMatchObject({
      color: true,
    });
  });
});
