import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { modes } from './modes.js';
import { save } from './rules.js';
import { type Stack, startStack } from './stack.js';

/** Asks /page `count` times, 16 at a time; gives how often each answer came. */
async function ask(stack: Stack, count: number, query = ''): Promise<Record<string, number>> {
  const tally: Record<string, number> = {};
  let left = count;
  const worker = async () => {
    while (left-- > 0) {
      const response = await fetch(`${stack.page}/page${query}`);
      const answer = `${response.status} ${await response.text()}`;
      tally[answer] = (tally[answer] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
  return tally;
}

/** Five standard deviations of a binomial share: a fair split fails this once in about two million runs. */
function fiveSigma(count: number, share: number): number {
  return 5 * Math.sqrt(count * share * (1 - share));
}

async function edit(file: string, change: (text: string) => string) {
  await save(file, change(await readFile(file, 'utf8')));
}

/** The admin side's view of the rules: their hash, and what is wrong with the files as they are now. */
async function rulesInForce(stack: Stack): Promise<{ hash: string; issues: Array<{ severity: string }> }> {
  const response = await fetch(`${stack.admin}/config_dump`);
  return (await response.json()) as { hash: string; issues: Array<{ severity: string }> };
}

/** Waits until the condition holds; the test's own time limit is the bound. */
async function until(condition: () => Promise<boolean> | boolean) {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
}

const weights = (first: number, second: number) => (text: string) => {
  const values = [first, second];
  return text.replaceAll(/weight: \d+/g, () => `weight: ${values.shift()}`);
};

describe.each(['internal', 'external', 'httproute'] as const)('a gray release in the mode %s', (mode) => {
  const { folder, percent, byUser } = modes[mode];
  let stack: Stack;
  let rule: string;

  beforeAll(async () => {
    stack = await startStack({ mode });
    rule = join(stack.folder, folder, percent);
  }, 120_000);

  afterAll(async () => {
    const codes = await stack.stop();
    expect(codes).toEqual({ 'hello-1': 0, 'hello-2': 0, 'local-mesh': 0, 'hello-page': 0 });
  }, 120_000);

  it('sends 90 percent to hello-1 and 10 percent to hello-2', async () => {
    const tally = await ask(stack, 2000);
    expect(Object.keys(tally).sort()).toEqual(['200 hello 1', '200 hello 2']);
    expect(Math.abs((tally['200 hello 1'] ?? 0) - 1800)).toBeLessThan(fiveSigma(2000, 0.9));
  });

  it('keeps the last good split when the file breaks, and names file, line and field', async () => {
    const good = await readFile(rule, 'utf8');
    const before = await rulesInForce(stack);
    await edit(rule, (text) => text.replace(/weight: \d+/, 'weight: ninety'));
    await until(async () => (await rulesInForce(stack)).issues.some(({ severity }) => severity === 'error'));
    const line = good.split('\n').findIndex((text) => /weight: \d+/.test(text)) + 1;
    // What it prints and what its admin side answers come by two ways.
    const place = /spec\.(http\[0\]\.route|rules\[0\]\.backendRefs)\[0\]\.weight/;
    await until(() => place.test(stack.output('local-mesh')));
    expect(stack.output('local-mesh')).toContain(`${percent}:${line}:`);
    expect((await rulesInForce(stack)).hash).toBe(before.hash);
    expect(Object.keys(await ask(stack, 200))).toContain('200 hello 1');
    await save(rule, good);
    await until(async () => !(await rulesInForce(stack)).issues.some(({ severity }) => severity === 'error'));
  });

  it('follows a saved change of the weights, with no failed request among those in flight', async () => {
    const before = await rulesInForce(stack);
    const during = ask(stack, 600);
    await edit(rule, weights(50, 50));
    await until(async () => (await rulesInForce(stack)).hash !== before.hash);
    expect(Object.keys(await during).sort()).toEqual(['200 hello 1', '200 hello 2']);
    const after = await ask(stack, 600);
    expect(Math.abs((after['200 hello 1'] ?? 0) - 300)).toBeLessThan(fiveSigma(600, 0.5));
  });

  it('switches to the rule by user, and test alone gets hello 1', async () => {
    const before = await rulesInForce(stack);
    await edit(join(stack.folder, folder, 'kustomization.yaml'), (text) =>
      text.replace(`- ${percent}`, `- ${byUser}`),
    );
    await until(async () => (await rulesInForce(stack)).hash !== before.hash);
    expect(await ask(stack, 100, '?name=test')).toEqual({ '200 hello 1': 100 });
    expect(await ask(stack, 100, '?name=nobody')).toEqual({ '200 hello 2': 100 });
    expect(await ask(stack, 100)).toEqual({ '200 hello 2': 100 });
  });
});
