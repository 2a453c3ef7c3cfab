import { setMaxListeners } from 'node:events';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';

/** Where a service stands between its start and its end. */
export type LifecycleState = 'starting' | 'ready' | 'draining';

/** Tells the probes, and the handlers of open responses, whether the service continues. */
@Injectable()
export class Lifecycle implements OnApplicationBootstrap {
  private readonly controller = new AbortController();
  private current: LifecycleState = 'starting';

  constructor() {
    // Every open stream listens; many listeners are not a leak.
    setMaxListeners(0, this.controller.signal);
  }

  /** The present state. */
  get state(): LifecycleState {
    return this.current;
  }

  /** Aborts when the service begins to stop: endless responses (event streams) should end then. */
  get draining(): AbortSignal {
    return this.controller.signal;
  }

  /** Nest calls this when every module is up. */
  onApplicationBootstrap(): void {
    if (this.current === 'starting') this.current = 'ready';
  }

  /** Readiness turns false and {@link draining} aborts. Calling it again does nothing. */
  startDraining(): void {
    this.current = 'draining';
    this.controller.abort();
  }
}
