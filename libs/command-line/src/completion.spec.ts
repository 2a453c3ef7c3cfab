import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Argument, Command, Option } from 'commander';
import { addCompletion, completionScript, completions } from './completion.js';

function program(): Command {
  const check = new Command('check')
    .description('Finds mistakes. And more.')
    .option('-f, --filename <path>', 'a file')
    .option('--no-color', 'no colours')
    .addOption(new Option('-o, --output <form>', 'form').choices(['text', 'json']));
  const weight = new Command('weight').addCommand(
    new Command('set').addArgument(new Argument('<rule>')).option('--dry-run', 'writes nothing'),
  );
  const serve = new Command('serve').addArgument(new Argument('<mode>').choices(['internal', 'external']));
  return addCompletion(new Command('hello').addCommand(check).addCommand(weight).addCommand(serve));
}

describe('completion', () => {
  const cases: Array<[string, string[]]> = [
    ['', ['check', 'weight', 'serve', 'completion']],
    ['ch', ['check']],
    ['x', []],
    ['check -', ['--filename', '--no-color', '--output', '--help']],
    ['check --o', ['--output']],
    ['check --output ', ['text', 'json']],
    ['check -o j', ['json']],
    ['check -o json --f', ['--filename']],
    ['check --output=json --f', ['--filename']],
    ['check -f check ', []],
    ['check -f ', []],
    ['weight ', ['set']],
    ['weight set --d', ['--dry-run']],
    ['weight set hello ', []],
    ['serve in', ['internal']],
    ['serve internal ', []],
    ['completion ', ['bash', 'zsh', 'fish']],
  ];
  it.each(cases)('of "%s"', (typed, expected) => {
    expect(completions(program(), typed.split(' ')).map(({ value }) => value)).toEqual(expected);
  });

  it('says what a command does', () => {
    expect(completions(program(), ['che'])).toEqual([{ value: 'check', description: 'Finds mistakes.' }]);
  });

  it('works in bash', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'command-line-'));
    const answers = 'case "$*" in "complete -- check -o ") printf "text\\tas text\\njson\\t\\n";; esac';
    await writeFile(join(folder, 'hello'), `#!/bin/sh\n${answers}\n`);
    await chmod(join(folder, 'hello'), 0o755);
    const script = `${completionScript('hello', 'bash')}
      COMP_WORDS=(${folder}/hello check -o '') COMP_CWORD=3
      _hello_completions
      printf '%s,' "\${COMPREPLY[@]}"
      complete -p hello`;
    const { stdout } = await promisify(execFile)('bash', ['-c', script]);
    await rm(folder, { recursive: true });
    expect(stdout).toMatch(/^text,json,complete .*-F _hello_completions hello\n$/);
  });
});
