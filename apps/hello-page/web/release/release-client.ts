import { asObject, type JsonObject } from '../mesh/json.js';
import { type CommandName, type Faults, parseFaults, parseReleases, type Release } from './release-state.js';

export interface ReleaseListener {
  releases(releases: readonly Release[]): void;
  /** Undefined where hello-2 cannot be made bad. */
  faults(faults: Faults | undefined): void;
  /** False while the controller does not answer; asked again until it does. */
  reachable(reachable: boolean): void;
}

/** A release moves in seconds; this is often enough to be seen. */
const pollMs = 1000;

/** How the controller is asked for what a button says. */
const commands: Readonly<Record<CommandName, JsonObject>> = {
  start: { kind: 'start' },
  pause: { kind: 'pause' },
  resume: { kind: 'resume' },
  promote: { kind: 'promote', full: false },
  'promote-full': { kind: 'promote', full: true },
  abort: { kind: 'abort' },
  'take-out': { kind: 'abort', to: 0 },
  undo: { kind: 'undo' },
  retry: { kind: 'retry' },
};

/** Speaks with the release controller through hello-page's own `/rehearsal/*`. */
export class ReleaseClient {
  readonly #listener: ReleaseListener;

  constructor(listener: ReleaseListener) {
    this.#listener = listener;
  }

  /** Looks again and again, for as long as the page lives and can be seen. */
  follow(): void {
    const look = async () => {
      if (!document.hidden) await this.look();
      setTimeout(look, pollMs);
    };
    void look();
  }

  async look(): Promise<void> {
    const [releases, faults] = await Promise.all([ask('releases'), ask('faults')]);
    this.#listener.reachable(releases.body !== undefined);
    if (releases.body) this.#listener.releases(parseReleases(releases.body));
    this.#listener.faults(faults.body && parseFaults(faults.body));
  }

  /** @returns why it was refused; undefined when it was done */
  async command(release: string, name: CommandName): Promise<string | undefined> {
    const path = `releases/${encodeURIComponent(release)}/commands`;
    const { refusal } = await ask(path, 'POST', commands[name]);
    await this.look();
    return refusal;
  }

  /** @returns why it was refused; undefined when it was done */
  async changeFaults(faults: Partial<Faults>): Promise<string | undefined> {
    const { body, refusal } = await ask('faults', 'PUT', faults);
    if (body) this.#listener.faults(parseFaults(body));
    return refusal;
  }
}

async function ask(
  path: string,
  method = 'GET',
  sent?: object,
): Promise<{ body?: JsonObject | undefined; refusal?: string }> {
  try {
    const body = sent && { body: JSON.stringify(sent), headers: { 'content-type': 'application/json' } };
    const response = await fetch(`/rehearsal/${path}`, { method, cache: 'no-store', ...body });
    if (!response.ok) return { refusal: (await response.text()).trim() };
    return { body: asObject(await response.json()) };
  } catch (error) {
    return { refusal: error instanceof Error ? error.message : String(error) };
  }
}
