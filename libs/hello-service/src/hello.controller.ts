import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { Lifecycle, ProblemException } from '@grayscale/service-runtime';
import { Controller, Get, Header, Inject, Req } from '@nestjs/common';
import { Faults } from './faults.js';
import { HELLO_TEXT } from './hello.constants.js';

/** Answers with the version; slowly, with 500 or not at all when it was told to be a bad release. */
@Controller()
export class HelloController {
  constructor(
    @Inject(HELLO_TEXT) private readonly text: string,
    private readonly faults: Faults,
    private readonly lifecycle: Lifecycle,
  ) {}

  @Get('hello')
  @Header('content-type', 'text/plain; charset=utf-8')
  @Header('cache-control', 'no-store')
  async hello(@Req() { raw }: { raw: IncomingMessage }): Promise<string> {
    const { latencyMs, silent } = this.faults.current;
    if (silent) await this.neverAnswer(raw);
    if (latencyMs > 0) await delay(latencyMs);
    if (this.faults.drawsFailure()) {
      throw new ProblemException({ status: 500, detail: `${this.text} failed on purpose (ERROR_RATE)` });
    }
    return this.text;
  }

  /** Waits until the caller has given up; a service that stops gives up first. */
  private async neverAnswer({ socket }: IncomingMessage): Promise<never> {
    const { draining } = this.lifecycle;
    if (!draining.aborted && !socket.destroyed) {
      const stopped = once(socket, 'close', { signal: draining });
      await stopped.catch(() => undefined);
    }
    throw new ProblemException({ status: 503, detail: `${this.text} was silent on purpose and stops` });
  }
}
