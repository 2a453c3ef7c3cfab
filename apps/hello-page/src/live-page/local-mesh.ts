import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import type { Dispatcher } from 'undici';
import { type HelloPageSettings, helloUrl } from '../settings.js';
import { Neighbour } from './neighbour.js';

/** The admin side of the local mesh, read-only. */
@Injectable()
export class LocalMesh implements OnModuleDestroy {
  private readonly admin: Neighbour;
  private readonly upstream: string;

  constructor(config: ConfigService<HelloPageSettings, true>) {
    this.admin = new Neighbour(
      'local mesh',
      'LOCAL_MESH_ADMIN',
      config.get('LOCAL_MESH_ADMIN', { infer: true }),
    );
    this.upstream = helloUrl(config).href;
  }

  /** The rules in force, their files and what is wrong with them. */
  rules(): Promise<Dispatcher.ResponseData> {
    return this.admin.ask('/config_dump');
  }

  /** Why a request for that name goes where it goes; empty: nobody's. */
  explain(name: string): Promise<Dispatcher.ResponseData> {
    const query = new URLSearchParams({ method: 'GET', url: this.upstream });
    if (name !== '') query.append('header', `user: ${name}`);
    return this.admin.ask(`/explain?${query}`);
  }

  /** The stream of decisions, until the signal aborts. */
  events(signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    return this.admin.ask('/events', { signal, bodyTimeout: 0 });
  }

  async onModuleDestroy(): Promise<void> {
    await this.admin.close();
  }
}
