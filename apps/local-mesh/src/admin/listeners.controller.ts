import { Controller, Get } from '@nestjs/common';
import { type Listener, ListenerList } from '../listeners/listener.js';

/** The ports that are listened on, and what each stands for. */
@Controller('listeners')
export class ListenersController {
  constructor(private readonly listeners: ListenerList) {}

  @Get()
  list(): { listeners: readonly Listener[] } {
    return { listeners: this.listeners.all };
  }
}
