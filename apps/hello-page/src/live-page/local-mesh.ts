import { ProblemException } from '@grayscale/service-runtime';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { Agent, type Dispatcher, request } from 'undici';

/** Its own address is asked directly: `HTTP_PROXY` leads through the very mesh that is asked about. */
const connectTimeoutMs = 1000;

/** The admin side of the local mesh, read-only; in a cluster there is none. */
@Injectable()
export class LocalMesh implements OnModuleDestroy {
  private readonly agent = new Agent({ connect: { timeout: connectTimeoutMs } });
  private readonly admin: string | undefined;
  private readonly upstream: string;

  constructor(config: ConfigService) {
    this.admin = config.get<string>('LOCAL_MESH_ADMIN');
    this.upstream = `http://${config.get('HELLO_SERVICE') ?? 'hello.com'}:${config.get('HELLO_PORT') ?? 80}/hello`;
  }

  /** The rules in force, their files and what is wrong with them. */
  rules(): Promise<Dispatcher.ResponseData> {
    return this.get('/config_dump');
  }

  /** Why a request for that name goes where it goes; empty: nobody's. */
  explain(name: string): Promise<Dispatcher.ResponseData> {
    const query = new URLSearchParams({ method: 'GET', url: this.upstream });
    if (name !== '') query.append('header', `user: ${name}`);
    return this.get(`/explain?${query}`);
  }

  /** The stream of decisions, until the signal aborts. */
  events(signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    return this.get('/events', { signal, bodyTimeout: 0 });
  }

  async onModuleDestroy(): Promise<void> {
    await this.agent.destroy();
  }

  private async get(
    path: string,
    options: { signal?: AbortSignal; bodyTimeout?: number } = {},
  ): Promise<Dispatcher.ResponseData> {
    if (!this.admin)
      throw new ProblemException({ status: 404, detail: 'No local mesh here: LOCAL_MESH_ADMIN is not set' });
    try {
      return await request(new URL(path, this.admin), { ...options, dispatcher: this.agent });
    } catch (error) {
      throw new ProblemException(
        { status: 502, detail: `The local mesh at ${this.admin} does not answer` },
        { cause: error },
      );
    }
  }
}
