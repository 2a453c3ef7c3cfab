import { HttpService } from '@nestjs/axios';
import { Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import type { HelloPageSettings } from '../settings.js';
import { upstreamProblem } from './upstream-problem.js';

/** Asks the hello service. */
@Injectable()
export class GreetingService {
  private readonly url: string;

  constructor(
    private readonly http: HttpService,
    config: ConfigService<HelloPageSettings, true>,
  ) {
    const host = config.get('HELLO_SERVICE', { infer: true });
    const port = config.get('HELLO_PORT', { infer: true });
    this.url = new URL(
      `http://${host.includes(':') ? `[${host.replace(/^\[|\]$/g, '')}]` : host}:${port}/hello`,
    ).href;
  }

  /** @throws ProblemException 502 or 504 when there is no greeting to be had */
  async greet(): Promise<Buffer> {
    try {
      const { data } = await this.http.axiosRef.get<Buffer>(this.url);
      return data;
    } catch (error) {
      throw upstreamProblem(error, this.url);
    }
  }
}
