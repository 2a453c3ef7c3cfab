import { isCommand, planGroup, type SentCommand } from '@grayscale/release';

/** On the object that has a release's memory: commands that wait for its driver, as JSON, oldest first. */
export const commandsAnnotation = `${planGroup}/commands`;

/** The commands that wait. What cannot be read as one is passed over. */
export function commandsIn(annotations: Record<string, string> | undefined): SentCommand[] {
  const list = parsed(annotations?.[commandsAnnotation]);
  return Array.isArray(list) ? list.filter(isSentCommand) : [];
}

function isSentCommand(value: unknown): value is SentCommand {
  const { id, command } = (value ?? {}) as Partial<SentCommand>;
  return typeof id === 'string' && isCommand(command);
}

function parsed(text = ''): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
