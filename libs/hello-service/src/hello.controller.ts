import { setTimeout as delay } from 'node:timers/promises';
import { ProblemException } from '@grayscale/service-runtime';
import { Controller, Get, Header, Inject } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { HELLO_TEXT, RANDOM } from './hello.constants.js';
import type { HelloSettings } from './settings.js';

/** Answers with the version; slowly or with 500 when it was told to be a bad release. */
@Controller()
export class HelloController {
  private readonly failingShare: number;
  private readonly latencyMs: number;

  constructor(
    @Inject(HELLO_TEXT) private readonly text: string,
    @Inject(RANDOM) private readonly random: () => number,
    config: ConfigService<HelloSettings, true>,
  ) {
    this.failingShare = config.get('ERROR_RATE', { infer: true }) / 100;
    this.latencyMs = config.get('LATENCY_MS', { infer: true });
  }

  @Get('hello')
  @Header('content-type', 'text/plain; charset=utf-8')
  @Header('cache-control', 'no-store')
  async hello(): Promise<string> {
    if (this.latencyMs > 0) await delay(this.latencyMs);
    if (this.random() < this.failingShare) {
      throw new ProblemException({ status: 500, detail: `${this.text} failed on purpose (ERROR_RATE)` });
    }
    return this.text;
  }
}
