import { type Exchange, isFinished } from '../exchange.js';
import type { Experiment } from '../experiment.js';
import type { Fact, Messages, Reason } from '../i18n/messages.js';
import { type Because, placeText } from '../mesh/decision-event.js';
import type { RulesState } from '../mesh/mesh-client.js';
import type { Palette } from '../palette.js';
import { byId, create } from './elements.js';
import type { Figures } from './figures.js';

/** Which rule is in force for the name, and why the chosen request went where it went. */
export class WhyPanel {
  readonly #palette: Palette;
  readonly #rule = byId('rule-in-force', HTMLElement);
  readonly #chosen = byId('chosen', HTMLElement);
  readonly #chosenNone = byId('chosen-none', HTMLElement);
  #shown = '';

  constructor(palette: Palette) {
    this.#palette = palette;
  }

  showRule(
    experiment: Pick<Experiment, 'explanation' | 'isExplanationAwaited' | 'rules' | 'answers'>,
    messages: Messages,
    figures: Figures,
  ): void {
    const { explanation, isExplanationAwaited, rules, answers } = experiment;
    const destinations = (explanation?.destinations ?? []).map((destination) => ({
      ...destination,
      answer: answers.answerOf(destination.destination),
    }));
    // Built anew only when it says something else, so that a selection or a reader's place in it is not lost.
    const shown = JSON.stringify([explanation, isExplanationAwaited, rules, destinations, messages.locale]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    if (!explanation) {
      this.#rule.replaceChildren(...(isExplanationAwaited ? [] : [create('p', 'empty', messages.meshGone)]));
      return;
    }
    const list = create('ul', 'destinations');
    list.append(...destinations.map((destination) => this.#destinationItem(destination, messages, figures)));
    this.#rule.replaceChildren(
      factList(ruleFacts(explanation.because, rules, messages, figures), messages),
      list,
    );
  }

  /** Explains one request; undefined: none is chosen. */
  showChosen(exchange: Exchange | undefined, messages: Messages, figures: Figures): void {
    this.#chosenNone.hidden = exchange !== undefined;
    this.#chosen.replaceChildren(
      ...(exchange ? [factList(exchangeFacts(exchange, messages, figures), messages)] : []),
    );
  }

  #destinationItem(
    { destination, share, answer }: { destination: string; share: number; answer: string | undefined },
    messages: Messages,
    figures: Figures,
  ): HTMLElement {
    const item = create('li');
    const swatch = create('span', 'swatch');
    if (answer !== undefined) swatch.style.background = `var(--answer-${this.#palette.slotOf(answer)})`;
    item.append(
      swatch,
      create('span', 'destination-share', figures.percent(share)),
      create('code', '', destination),
    );
    item.append(create('span', 'hint', answer ?? messages.notSeenYet));
    return item;
  }
}

type Facts = Array<[Fact, string]>;

/** The facts that there are, as a list of terms. */
function factList(facts: Facts, messages: Messages): HTMLElement {
  const list = create('dl', 'facts');
  for (const [fact, text] of facts)
    if (text !== '') list.append(create('dt', '', messages.facts[fact]), create('dd', '', text));
  return list;
}

function ruleFacts(
  because: Because,
  rules: RulesState | undefined,
  messages: Messages,
  figures: Figures,
): Facts {
  return [
    ['rule', ruleText(because, messages)],
    ['match', matchText(because, messages)],
    ['file', decidingPlace(because)],
    ['since', rules ? figures.time(new Date(rules.loadedAt)) : ''],
  ];
}

function exchangeFacts(exchange: Exchange, messages: Messages, figures: Figures): Facts {
  const { decision } = exchange;
  return [
    ['request', figures.count(exchange.sequence)],
    ['name', exchange.name === '' ? messages.nobody : exchange.name],
    ['answer', outcomeText(exchange, messages)],
    ['latency', isFinished(exchange) ? figures.milliseconds(exchange.latencyMs) : ''],
    ['decision', decision ? (messages.decisions[decision.kind] ?? decision.kind) : ''],
    ['rule', decision ? ruleText(decision.because, messages) : ''],
    ['match', decision ? matchText(decision.because, messages) : ''],
    ['file', decision ? decidingPlace(decision.because) : ''],
    ['destination', decision ? destinationText(decision, figures) : ''],
    ['upstream', decision?.upstream ?? ''],
    ['flags', decision?.flags ?? ''],
    ['requestId', exchange.requestId],
  ];
}

/** What came back, in a few words. */
export function outcomeText({ outcome }: Exchange, messages: Messages): string {
  if (!outcome) return messages.pending;
  if (outcome.kind === 'answer') return outcome.text === '' ? messages.emptyAnswer : outcome.text;
  if (outcome.status === 0) return messages.noAnswer;
  return outcome.message === '' ? String(outcome.status) : `${outcome.status} · ${outcome.message}`;
}

function destinationText(
  { destination, share }: { destination: string; share: number | undefined },
  figures: Figures,
): string {
  return share === undefined ? destination : `${destination} (${figures.percent(share)})`;
}

function ruleText({ reason, resource, rule }: Because, messages: Messages): string {
  if (!rule) return messages.reasons[reason as Reason] ?? reason;
  return `${resource?.title ?? ''}, ${messages.rule(rule.index, rule.name)}`;
}

function matchText({ rule, match }: Because, messages: Messages): string {
  if (!rule) return '';
  return match
    ? `${messages.match(match.index, match.name)}, ${match.place.field ?? messages.line(match.place.line)}`
    : messages.everyRequest;
}

/** The narrowest place that decided. */
function decidingPlace({ resource, rule }: Because): string {
  const place = rule?.place ?? resource?.place;
  return place ? placeText(place) : '';
}
