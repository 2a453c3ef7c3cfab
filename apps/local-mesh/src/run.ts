import { setTimeout as sleep } from 'node:timers/promises';
import { parseCommandLine } from './command-line/program.js';
import { isLoopback } from './loopback.js';
import { LocalMesh } from './mesh.js';
import { say } from './messages.js';
import { StartError } from './start-error.js';
import { firstStopSignal } from './stop-signals.js';

/** Runs the local mesh until a signal. @returns the exit code */
export async function run(argv: readonly string[]): Promise<number> {
  const commandLine = await parseCommandLine(argv);
  if ('exitCode' in commandLine) return commandLine.exitCode;
  const { options } = commandLine;
  const stopSignal = firstStopSignal();
  // A terminal or a parent that is gone must not keep the drain from ending in order.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  const mesh = new LocalMesh(options);
  try {
    // Reading may wait for a pipe or for standard input, and a signal must not.
    const early = await Promise.race([mesh.start(), stopSignal]);
    if (early !== undefined) {
      say(`${early}: stopped before there were rules to start with`);
      return 0;
    }
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    say(`local-mesh: ${error.message}`);
    await mesh.close();
    return error.exitCode;
  }
  if (!isLoopback(options.address)) {
    say(
      `warning: ${options.address} lets other machines use this proxy; only hosts that the rules and services know are served.`,
    );
  }
  const signal = await stopSignal;
  say(
    `${signal}: finishing what is in flight, for at most ${options.drainSeconds} s; a second signal ends at once`,
  );
  // Whatever does not end by itself (a file system or an output that is stuck) is left behind.
  await Promise.race([mesh.stop(), sleep((options.drainSeconds + 1) * 1000)]);
  return 0;
}
