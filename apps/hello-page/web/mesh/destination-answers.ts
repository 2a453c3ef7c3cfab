import type { DestinationShare } from './decision-event.js';

/** How many of its latest answers a destination is known by: enough to notice two, few enough to forget an old deployment. */
const remembered = 20;

/** What the rules want, said in answers instead of destinations. */
export interface WantedAnswers {
  /** 0-1 by answer; destinations that give the same answer add up. */
  shares: Map<string, number>;
  /** The destinations of each answer. */
  destinations: Map<string, string[]>;
  /** Destinations whose answer is not known, or that give more than one. */
  unnamed: DestinationShare[];
}

/**
 * Learns which answer comes from which destination, from requests whose answer the page saw and whose destination the mesh told.
 * Nothing is guessed from names: a destination that was not seen yet has no answer.
 */
export class DestinationAnswers {
  readonly #answers = new Map<string, string[]>();

  learn(destination: string, answer: string): void {
    const answers = this.#answers.get(destination) ?? [];
    answers.push(answer);
    if (answers.length > remembered) answers.shift();
    this.#answers.set(destination, answers);
  }

  /** The one answer of a destination; undefined when none or several were seen lately. */
  answerOf(destination: string): string | undefined {
    const answers = this.#answers.get(destination);
    return answers?.every((answer) => answer === answers[0]) ? answers[0] : undefined;
  }

  /** Turns the shares of destinations into shares of answers, as far as that is known. */
  wanted(destinations: readonly DestinationShare[]): WantedAnswers {
    const wanted: WantedAnswers = { shares: new Map(), destinations: new Map(), unnamed: [] };
    for (const destination of destinations) this.#add(wanted, destination);
    // An answer of a known destination that the rule leaves out is wanted never, not "unknown".
    if (destinations.length > 0) this.#addUnwanted(wanted, destinations);
    return wanted;
  }

  #add(wanted: WantedAnswers, { destination, share }: DestinationShare): void {
    const answer = this.answerOf(destination);
    if (answer === undefined) {
      wanted.unnamed.push({ destination, share });
      return;
    }
    wanted.shares.set(answer, (wanted.shares.get(answer) ?? 0) + share);
    wanted.destinations.set(answer, [...(wanted.destinations.get(answer) ?? []), destination]);
  }

  #addUnwanted(wanted: WantedAnswers, destinations: readonly DestinationShare[]): void {
    const named = new Set(destinations.map(({ destination }) => destination));
    const mayComeFromElsewhere = wanted.unnamed.some(({ share }) => share > 0);
    for (const destination of this.#answers.keys()) {
      const answer = this.answerOf(destination);
      if (named.has(destination) || answer === undefined || wanted.shares.has(answer) || mayComeFromElsewhere)
        continue;
      wanted.shares.set(answer, 0);
    }
  }
}
