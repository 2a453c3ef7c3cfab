import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import type { Dispatcher } from 'undici';
import { Neighbour } from './neighbour.js';

/** What carries a release out on this machine, and what can go wrong in it on purpose. */
@Injectable()
export class Rehearsal implements OnModuleDestroy {
  private readonly controller: Neighbour;
  private readonly canary: Neighbour;

  constructor(config: ConfigService) {
    const address = (setting: string) => config.get<string>(setting);
    this.controller = new Neighbour(
      'release controller',
      'RELEASE_CONTROLLER',
      address('RELEASE_CONTROLLER'),
    );
    this.canary = new Neighbour('fault control', 'FAULT_CONTROL_URL', address('FAULT_CONTROL_URL'));
  }

  /** Every release that the controller knows, with its whole status. */
  releases(): Promise<Dispatcher.ResponseData> {
    return this.controller.ask('/releases');
  }

  /** Starts, pauses, promotes, aborts ... the release of that name. */
  command(release: string, command: unknown): Promise<Dispatcher.ResponseData> {
    return this.controller.send('POST', `/releases/${encodeURIComponent(release)}/commands`, command);
  }

  /** What hello-2 does wrong on purpose. */
  faults(): Promise<Dispatcher.ResponseData> {
    return this.canary.ask('/faults');
  }

  changeFaults(faults: unknown): Promise<Dispatcher.ResponseData> {
    return this.canary.send('PUT', '/faults', faults);
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all([this.controller.close(), this.canary.close()]);
  }
}
