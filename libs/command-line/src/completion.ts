import { Argument, type Command, type Option } from 'commander';

const shells = ['bash', 'zsh', 'fish'] as const;

type Shell = (typeof shells)[number];

/** Adds `completion SHELL`, and the hidden command that the printed script asks at each press of the key. */
export function addCompletion(program: Command): Command {
  program
    .command('completion')
    .description('prints a script for the shell: source <(PROGRAM completion bash)')
    .addArgument(new Argument('<shell>').choices(shells))
    .action((shell: Shell) => {
      process.stdout.write(completionScript(program.name(), shell));
    });
  program
    .command('complete', { hidden: true })
    .argument('[words...]')
    .action((words: string[]) => {
      const lines = completions(program, words).map(({ value, description }) => `${value}\t${description}\n`);
      process.stdout.write(lines.join(''));
    });
  return program;
}

export interface Completion {
  value: string;
  description: string;
}

/**
 * What the last word may become; nothing where any text or file may stand, so that the shell offers files.
 * @param words what is typed behind the program's name, the last one perhaps in part or empty
 */
export function completions(program: Command, words: readonly string[]): Completion[] {
  const word = words.at(-1) ?? '';
  let command = program;
  let pending: Option | undefined;
  let operands = 0;
  for (const earlier of words.slice(0, -1)) {
    const option = pending === undefined ? optionOf(command, earlier) : undefined;
    const isValue = pending !== undefined;
    pending = option?.required && !earlier.includes('=') ? option : undefined;
    if (isValue || earlier.startsWith('-')) continue;
    const inner = operands === 0 ? subcommands(command).find((one) => one.name() === earlier) : undefined;
    if (inner === undefined) operands += 1;
    command = inner ?? command;
  }
  return candidates(command, { word, pending, operands }).filter(({ value }) => value.startsWith(word));
}

function candidates(
  command: Command,
  { word, pending, operands }: { word: string; pending: Option | undefined; operands: number },
): Completion[] {
  if (pending !== undefined) return choices(pending);
  if (word.startsWith('-')) return optionsOf(command);
  const commands = operands === 0 ? subcommands(command) : [];
  const named = commands.map((one) => ({ value: one.name(), description: firstSentence(one.description()) }));
  return [...named, ...choices(command.registeredArguments[operands])];
}

function optionsOf(command: Command): Completion[] {
  const visible = command.createHelp().visibleOptions(command);
  return visible.map(({ long, short, description }) => ({ value: long ?? short ?? '', description }));
}

function optionOf(command: Command, word: string): Option | undefined {
  const [name] = word.split('=', 1);
  return command.options.find(({ long, short }) => name !== undefined && [long, short].includes(name));
}

/** Without the `help` that commander adds of its own accord. */
function subcommands(command: Command): Command[] {
  const visible = command.createHelp().visibleCommands(command);
  return visible.filter((one) => command.commands.includes(one));
}

function choices(place: Option | Argument | undefined): Completion[] {
  return (place?.argChoices ?? []).map((value) => ({ value, description: '' }));
}

function firstSentence(text: string): string {
  return text.split(/(?<=\.)\s|\n/, 1)[0] ?? '';
}

/** The script that makes a shell ask the program; it names no command, so it need not be made anew with each version. */
export function completionScript(program: string, shell: Shell): string {
  return scripts[shell](program, `_${program.replaceAll('-', '_')}_completions`);
}

const scripts: Record<Shell, (program: string, name: string) => string> = {
  bash: (program, name) => `# ${program} completion for bash: source <(${program} completion bash)
${name}() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    COMPREPLY+=("\${line%%$'\\t'*}")
  done < <("\${COMP_WORDS[0]}" complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F ${name} ${program}
`,
  zsh: (program, name) => `#compdef ${program}
# ${program} completion for zsh: source <(${program} completion zsh)
${name}() {
  local line
  local -a values
  while IFS= read -r line; do
    values+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done < <("\${words[1]}" complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( \${#values} )); then
    _describe '${program}' values
  else
    _files
  fi
}
compdef ${name} ${program}
`,
  fish: (program, name) => `# ${program} completion for fish: ${program} completion fish | source
function ${name}
  set -l words (commandline --tokenize --cut-at-cursor --current-process) (commandline --cut-at-cursor --current-token)
  set -l candidates ($words[1] complete -- $words[2..] 2>/dev/null)
  if set -q candidates[1]
    printf '%s\\n' $candidates
  else
    __fish_complete_path $words[-1]
  end
end
complete --command ${program} --no-files --arguments '(${name})'
`,
};
