import type { Command, ReleaseState } from '@grayscale/release';

/** What may be asked of a release: to start, and what steers one that has been started. */
export type ReleaseCommand = { kind: 'start' } | Command;

/** How buttons and scripts call the commands. */
export type CommandName =
  | 'start'
  | 'pause'
  | 'resume'
  | 'promote'
  | 'promote-full'
  | 'abort'
  | 'take-out'
  | 'undo'
  | 'retry';

const readers: Readonly<Record<ReleaseCommand['kind'], (body: Record<string, unknown>) => ReleaseCommand>> = {
  start: () => ({ kind: 'start' }),
  pause: () => ({ kind: 'pause' }),
  resume: () => ({ kind: 'resume' }),
  promote: ({ full }) => ({ kind: 'promote', full: full === true }),
  abort: ({ to }) => ({ kind: 'abort', ...(to === 0 && { to }) }),
  undo: ({ toStep }) => ({ kind: 'undo', ...(typeof toStep === 'number' && { toStep }) }),
  retry: () => ({ kind: 'retry' }),
};

/** Reads a command from a request's JSON; a sentence says what is wrong with it. */
export function readCommand(body: unknown): ReleaseCommand | string {
  const kind = (body as { kind?: unknown } | null)?.kind;
  if (typeof kind !== 'string' || !Object.hasOwn(readers, kind)) {
    return `Send a JSON object such as {"kind": "pause"}; kind is one of ${Object.keys(readers).join(', ')}`;
  }
  return readers[kind as ReleaseCommand['kind']](body as Record<string, unknown>);
}

const whileRunning: readonly CommandName[] = ['promote', 'promote-full', 'abort', 'take-out', 'undo'];

/** What makes sense now. @param driven whether a process carries the release out */
export function commandsFor(state: ReleaseState | undefined, driven: boolean): CommandName[] {
  if (state === undefined) return ['start'];
  switch (state.phase) {
    case 'progressing':
      return driven ? ['pause', ...whileRunning] : ['start', ...whileRunning.slice(2)];
    case 'paused':
      return driven ? ['resume', ...whileRunning] : ['start', ...whileRunning.slice(2)];
    case 'aborting':
    case 'undoing':
      return driven ? [] : ['start'];
    case 'completed':
      return ['start', 'undo'];
    case 'aborted':
      return ['retry', 'start', 'undo'];
    case 'undone':
      return ['start'];
  }
}
