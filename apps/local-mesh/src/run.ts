import { isLoopback, parseCommandLine } from './command-line/program.js';
import { LocalMesh, StartError } from './mesh.js';
import { say } from './messages.js';
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
    await mesh.start();
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    say(`local-mesh: ${error.message}`);
    await mesh.close();
    return 1;
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
  await mesh.stop();
  return 0;
}
