import { readdir, writeFile } from 'node:fs/promises';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { CommandBox } from './command-box.js';

it('gives commands in the order of sending, again and again until they are removed', async () => {
  await using folder = await temporaryFolder();
  const box = new CommandBox(folder.at('commands'));
  expect(await box.list()).toEqual([]);
  const first = await box.send({ kind: 'pause' });
  await new Promise((resolve) => setTimeout(resolve, 2));
  const second = await box.send({ kind: 'promote', full: true });
  const both = [
    { id: first, command: { kind: 'pause' } },
    { id: second, command: { kind: 'promote', full: true } },
  ];
  expect(await box.list()).toEqual(both);
  expect(await new CommandBox(folder.at('commands')).list()).toEqual(both);
  expect(await box.remove(first)).toBe(true);
  expect(await box.remove(first)).toBe(false);
  expect(await box.list()).toEqual(both.slice(1));
});

it('what is not a command is thrown out, and what is not there as a whole is left alone', async () => {
  await using folder = await temporaryFolder();
  const box = new CommandBox(folder.at('commands'));
  const id = await box.send({ kind: 'abort', reason: 'a "reason"' });
  await writeFile(folder.at('commands', '000000000000001-aa.json'), '{"kind":"explode"}');
  await writeFile(folder.at('commands', '000000000000002-aa.json'), '{');
  await writeFile(folder.at('commands', '.000000000000003-aa'), '{"kind":"pause"}');
  await writeFile(folder.at('commands', 'notes.txt'), 'mine');
  expect(await box.list()).toEqual([{ id, command: { kind: 'abort', reason: 'a "reason"' } }]);
  expect((await readdir(folder.at('commands'))).sort()).toEqual(
    ['.000000000000003-aa', `${id}.json`, 'notes.txt'].sort(),
  );
});
