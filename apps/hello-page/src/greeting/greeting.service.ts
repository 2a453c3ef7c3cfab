import { isUtf8 } from 'node:buffer';
import { HttpService } from '@nestjs/axios';
import { Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { type HelloPageSettings, helloUrl } from '../settings.js';
import { upstreamProblem } from './upstream-problem.js';

/** Asks the hello service. */
@Injectable()
export class GreetingService {
  private readonly url: string;

  constructor(
    private readonly http: HttpService,
    config: ConfigService<HelloPageSettings, true>,
  ) {
    this.url = helloUrl(config).href;
  }

  /**
   * The greeting's bytes; as a string where that says the same, since Node writes a string with the head in one piece.
   * @throws ProblemException 502 or 504 when there is no greeting to be had
   */
  async greet(): Promise<Buffer | string> {
    try {
      const { data } = await this.http.axiosRef.request<Buffer>({ url: this.url });
      return isUtf8(data) ? data.toString() : data;
    } catch (error) {
      throw upstreamProblem(error, this.url);
    }
  }
}
