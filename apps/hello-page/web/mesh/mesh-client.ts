import {
  type Because,
  type DestinationShare,
  type Place,
  parseBecause,
  parseDecisionEvent,
  parseDestinations,
  placeIn,
  type RequestDecision,
} from './decision-event.js';
import { asObject, type JsonObject, objectAt, objectsAt, textAt } from './json.js';

/** One problem in the rules' files. */
export interface RuleIssue {
  severity: string;
  place: Place;
  message: string;
}

/** The rules that the mesh has in force, and what is wrong with the files. */
export interface RulesState {
  hash: string;
  /** ISO 8601. */
  loadedAt: string;
  /** What is wrong with the newest files, which are not in force when they were refused. */
  issues: RuleIssue[];
  refused: boolean;
}

/** What the rules want for a name. */
export interface Explanation {
  kind: string;
  because: Because;
  destinations: DestinationShare[];
}

export interface MeshListener {
  /** At the start and whenever the mesh read its files again. */
  rules(state: RulesState): void;
  decided(decision: RequestDecision): void;
  /** False while the mesh does not answer; asked again until it does. */
  reachable(reachable: boolean): void;
}

const retryMs = 1000;

/** Speaks with the local mesh through hello-page's own `/mesh/*`, which are not there in a cluster. */
export class MeshClient {
  readonly #listener: MeshListener;

  constructor(listener: MeshListener) {
    this.#listener = listener;
  }

  /** Follows the mesh for as long as the page lives; false, and nothing more, where there is none. */
  async follow(): Promise<boolean> {
    const response = await fetch('/mesh/rules').catch(() => undefined);
    if (response?.status === 404) return false;
    this.#subscribe();
    return true;
  }

  /** Asks what the rules want for that name; undefined when the mesh does not answer. */
  async explain(name: string): Promise<Explanation | undefined> {
    const explanation = await getJson(`/mesh/explain?${new URLSearchParams({ name })}`);
    if (!explanation) return undefined;
    const decision = objectAt(explanation, 'decision');
    return {
      kind: textAt(decision, 'kind'),
      because: parseBecause(objectAt(decision, 'because')),
      destinations: parseDestinations(explanation),
    };
  }

  #subscribe(): void {
    const events = new EventSource('/mesh/events');
    events.addEventListener('rules', (event) => this.#rules(event.data));
    events.addEventListener('decision', (event) => this.#decision(event.data));
    events.addEventListener('open', () => this.#listener.reachable(true));
    events.addEventListener('error', () => {
      this.#listener.reachable(false);
      // It comes back by itself after a broken connection, but not after an answer that was no stream.
      if (events.readyState === EventSource.CLOSED) setTimeout(() => this.#subscribe(), retryMs);
    });
  }

  #rules(data: string): void {
    const state = asObject(JSON.parse(data));
    if (state) this.#listener.rules(parseRules(state));
  }

  #decision(data: string): void {
    const decision = parseDecisionEvent(asObject(JSON.parse(data)) ?? {});
    if (decision) this.#listener.decided(decision);
  }
}

/** Reads what the mesh says of its rules. */
export function parseRules(state: JsonObject): RulesState {
  return {
    hash: textAt(state, 'hash'),
    loadedAt: textAt(state, 'loadedAt'),
    refused: textAt(state, 'refusedAt') !== '',
    issues: objectsAt(state, 'issues').map((issue) => ({
      severity: textAt(issue, 'severity'),
      place: placeIn(issue),
      message: textAt(issue, 'message'),
    })),
  };
}

async function getJson(url: string): Promise<JsonObject | undefined> {
  const response = await fetch(url).catch(() => undefined);
  return response?.ok ? asObject(await response.json().catch(() => undefined)) : undefined;
}
