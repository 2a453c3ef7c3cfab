import sonicBoom from 'sonic-boom';
import { formatAccessJson, formatAccessText } from '../proxy/access-log-format.js';
import type { AccessRecord } from '../proxy/access-record.js';

export interface AccessLogOptions {
  which: 'off' | 'errors' | 'all';
  format: 'text' | 'json';
  /** The file descriptor that is written to. */
  descriptor: number;
}

/** More than this waiting for a reader that does not read is thrown away. */
const maxWaitingBytes = 8 * 1024 * 1024;
const batchBytes = 8 * 1024;
const batchMs = 100;

/** Writes access records in batches, off the event loop. A reader that is too slow loses lines, never delays a request. */
export class AccessLog {
  private readonly output: sonicBoom.SonicBoom | undefined;
  private readonly format: (record: AccessRecord) => string;

  constructor(private readonly options: AccessLogOptions) {
    this.format = options.format === 'json' ? formatAccessJson : formatAccessText;
    if (options.which === 'off') return;
    this.output = new sonicBoom.SonicBoom({
      fd: options.descriptor,
      sync: false,
      minLength: batchBytes,
      maxLength: maxWaitingBytes,
      periodicFlush: batchMs,
    });
    // The reader went away: nothing is left to be told to.
    this.output.on('error', () => {});
  }

  record(record: AccessRecord): void {
    if (this.output === undefined) return;
    if (this.options.which === 'errors' && !isError(record)) return;
    const line = this.format(record);
    this.output.write(line.endsWith('\n') ? line : `${line}\n`);
  }

  /** Writes what waits, and ends. A reader that does not read is not waited for longer than the given time. */
  async close(withinMs = 1000): Promise<void> {
    const { output } = this;
    if (output === undefined) return;
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, withinMs);
    });
    await Promise.race([new Promise<void>((resolve) => output.flush(() => resolve())), tooLong]);
    clearTimeout(timer);
    output.destroy();
  }
}

/** Server errors, and requests that never got an answer. */
function isError({ status, flags, protocol }: AccessRecord): boolean {
  return status >= 500 || flags.length > 0 || (status === 0 && protocol !== 'tcp');
}
