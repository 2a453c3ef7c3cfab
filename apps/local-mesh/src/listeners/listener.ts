import type { Inspection } from '@grayscale/traffic-rules';
import { addressText } from '../proxy/address.js';

/** A port of this machine, and what it stands for. */
export interface Listener {
  address: string;
  port: number;
  /** `proxy`, or what clients take it for: `db.shop:5432`. */
  standsFor: string;
  /** What is looked at of what comes. */
  takes: string;
}

/** In the words of people. */
export const takenBy: Record<Inspection, string> = {
  protocol: 'HTTP',
  'server-name': 'TLS, by its server name',
  nothing: 'any bytes',
};

/** The ports that are listened on at the moment, for those who show them. */
export class ListenerList {
  #listeners: readonly Listener[] = [];

  get all(): readonly Listener[] {
    return this.#listeners;
  }

  add(...listeners: Listener[]): void {
    this.#listeners = [...this.#listeners, ...listeners];
  }

  remove(listener: Listener): void {
    this.#listeners = this.#listeners.filter((one) => one !== listener);
  }
}

/** `127.0.0.1:5432 stands for db.shop:5432 (any bytes)` */
export function listenerLine({ address, port, standsFor, takes }: Listener): string {
  return `${addressText({ host: address, port })} stands for ${standsFor} (${takes})`;
}
