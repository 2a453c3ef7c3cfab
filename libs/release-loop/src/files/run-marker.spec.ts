import { readdir, writeFile } from 'node:fs/promises';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { Journal } from './journal.js';
import { RunMarker } from './run-marker.js';

const name = { kind: 'VirtualService', namespace: 'shop', name: 'cart' };

async function phaseOf(plan: string, phase: string): Promise<void> {
  const { journal } = await Journal.open(`${plan}.journal.jsonl`);
  await journal.append({ op: 'observe', run: 1, seq: 1, at: 1, state: { phase } });
  await journal.close();
}

it('keeps other plans off the VirtualService until the run of the first has ended', async () => {
  await using folder = await temporaryFolder();
  await writeFile(folder.at('rule.yaml'), '');
  const [one, two] = [folder.at('one.yaml'), folder.at('two.yaml')];
  const first = await RunMarker.of(folder.at('rule.yaml'), name, one);
  const second = await RunMarker.of(folder.at('rule.yaml'), name, two);
  expect(await first.set()).toBeUndefined();
  await phaseOf(one, 'paused');
  expect(await first.set()).toBeUndefined();
  expect(await second.set()).toBe(one);
  await second.clear();
  expect(await second.set()).toBe(one);
  await phaseOf(one, 'completed');
  expect(await second.set()).toBeUndefined();
  await second.clear();
  expect((await readdir(folder.at())).filter((file) => file.startsWith('.'))).toEqual([]);
});

it('a mark whose plan never began a run is stale; other objects are not concerned, nor is a route of the same name', async () => {
  await using folder = await temporaryFolder();
  await writeFile(folder.at('rule.yaml'), '');
  await (await RunMarker.of(folder.at('rule.yaml'), name, folder.at('gone.yaml'))).set();
  for (const another of [
    { ...name, name: 'other' },
    { ...name, kind: 'HTTPRoute' },
  ]) {
    const other = await RunMarker.of(folder.at('rule.yaml'), another, folder.at('one.yaml'));
    expect(await other.set()).toBeUndefined();
  }
  expect(
    await (await RunMarker.of(folder.at('rule.yaml'), name, folder.at('one.yaml'))).set(),
  ).toBeUndefined();
});
