import { readColours } from '../colours.js';
import type { Language } from '../i18n/languages.js';
import type { Announcer } from '../view/announcer.js';
import { create, setText } from '../view/elements.js';
import type { Figures } from '../view/figures.js';
import type { Notice } from '../view/notice.js';
import { evidenceList } from './evidence-list.js';
import { FaultControl } from './fault-control.js';
import { releaseMessages } from './i18n/release-languages.js';
import type { ReleaseMessages } from './i18n/release-messages.js';
import { ObservedChart } from './observed-chart.js';
import { ReleaseClient } from './release-client.js';
import { type CommandName, commandNames, type Faults, type Release } from './release-state.js';
import { stepTrack } from './step-track.js';

export interface ReleasePanelOptions {
  element: HTMLElement;
  announcer: Announcer;
  notice: Notice;
}

/** Commands that take traffic away from somebody: marked, so that a hurried click knows. */
const grave: ReadonlySet<CommandName> = new Set(['abort', 'take-out', 'undo']);

/** The panel of the release: where it stands, why, what it did, and the buttons that steer it. */
export class ReleasePanel {
  readonly #options: ReleasePanelOptions;
  readonly #client = new ReleaseClient({
    releases: (releases) => this.#receive(releases),
    faults: (faults) => this.#receiveFaults(faults),
    reachable: (reachable) => this.#receiveReachable(reachable),
  });
  readonly #title = create('h2');
  readonly #phase = create('span', 'badge');
  readonly #plans = create('select');
  readonly #trouble = create('p', 'trouble');
  readonly #steps = create('div');
  readonly #shares = create('dl', 'figures');
  readonly #sharesTitle = create('h3');
  readonly #chartElement = create('figure', 'chart observed');
  readonly #chart = new ObservedChart(this.#chartElement);
  readonly #evidenceTitle = create('h3');
  readonly #evidence = create('div');
  readonly #waiting = create('p', 'waiting');
  readonly #buttons = new Map<CommandName, HTMLButtonElement>();
  readonly #faultControl = new FaultControl((faults) => void this.#changeFaults(faults));
  readonly #eventsTitle = create('summary');
  readonly #events = create('ol', 'journal');
  #texts: ReleaseMessages = releaseMessages.en;
  #figures: Figures;
  #locale = 'en';
  #releases: readonly Release[] = [];
  #faults: Faults | undefined;
  #chosen: string | undefined;
  #announced = '';

  constructor(options: ReleasePanelOptions, figures: Figures) {
    this.#options = options;
    this.#figures = figures;
    this.#build();
    this.#plans.addEventListener('change', () => {
      this.#chosen = this.#plans.value;
      this.#show();
    });
    this.#client.follow();
  }

  /** Another language or other colours. */
  restyle(language: Language, locale: string, figures: Figures): void {
    this.#texts = releaseMessages[language];
    this.#locale = locale;
    this.#figures = figures;
    this.#show();
  }

  #build(): void {
    const head = create('div', 'card-head');
    head.append(this.#title, this.#plans, this.#phase);
    const buttons = create('div', 'release-buttons');
    for (const name of commandNames) {
      const button = create('button', grave.has(name) ? 'grave' : name === 'start' ? 'primary' : '');
      button.type = 'button';
      button.dataset.command = name;
      button.addEventListener('click', () => void this.#command(name));
      this.#buttons.set(name, button);
      buttons.append(button);
    }
    const columns = create('div', 'release-columns');
    const [left, right] = [create('div'), create('div')];
    left.append(this.#sharesTitle, this.#shares, this.#chartElement, this.#faultControl.element);
    right.append(this.#evidenceTitle, this.#evidence);
    columns.append(left, right);
    const journal = create('details');
    journal.open = true;
    // It scrolls, so a keyboard has to get there.
    this.#events.tabIndex = 0;
    journal.append(this.#eventsTitle, this.#events);
    this.#trouble.setAttribute('role', 'alert');
    this.#options.element.append(head, this.#trouble, this.#steps, this.#waiting, buttons, columns, journal);
  }

  #receive(releases: readonly Release[]): void {
    this.#releases = releases;
    this.#show();
  }

  #receiveFaults(faults: Faults | undefined): void {
    this.#faults = faults;
    this.#faultControl.show(faults, this.#texts);
  }

  #receiveReachable(reachable: boolean): void {
    this.#options.element.classList.toggle('unreachable', !reachable);
    if (!reachable) setText(this.#trouble, this.#texts.unreachable);
  }

  get #release(): Release | undefined {
    const running = this.#releases.find(({ phase }) =>
      ['progressing', 'paused', 'aborting', 'undoing'].includes(phase),
    );
    return this.#releases.find(({ name }) => name === this.#chosen) ?? running ?? this.#releases[0];
  }

  #show(): void {
    const release = this.#release;
    this.#options.element.hidden = release === undefined;
    if (release === undefined) return;
    const texts = this.#texts;
    this.#showHead(release);
    setText(
      this.#trouble,
      release.problems.length === 0 ? '' : `${texts.problemsTitle} ${release.problems.join(' ')}`,
    );
    this.#steps.replaceChildren(stepTrack(release.steps, texts, this.#figures));
    setText(this.#waiting, waitingText(release, texts));
    this.#showButtons(release);
    this.#showShares(release);
    setText(this.#evidenceTitle, texts.evidenceTitle);
    const none = create('p', 'empty', texts.noEvidence);
    this.#evidence.replaceChildren(
      release.guards.length > 0 ? evidenceList(release, texts, this.#figures) : none,
    );
    this.#faultControl.show(this.#faults, texts);
    this.#showEvents(release);
    this.#announce(release);
  }

  #showHead({ name, phase }: Release): void {
    setText(this.#title, `${this.#texts.title} ${name}`);
    setText(this.#phase, phase === '' ? this.#texts.notStarted : (this.#texts.phases[phase] ?? phase));
    this.#phase.className = `badge ${phase}`;
    this.#plans.hidden = this.#releases.length < 2;
    this.#plans.setAttribute('aria-label', this.#texts.choose);
    const names = this.#releases.map((release) => release.name);
    if ([...this.#plans.options].map(({ value }) => value).join('\n') !== names.join('\n')) {
      this.#plans.replaceChildren(...names.map((each) => new Option(each, each)));
    }
    this.#plans.value = name;
  }

  #showButtons({ commands }: Release): void {
    for (const [name, button] of this.#buttons) {
      setText(button, this.#texts.commands[name]);
      button.title = this.#texts.commandHints[name] ?? '';
      button.hidden = !commands.includes(name);
    }
  }

  #showShares({ wanted, written, observed, series }: Release): void {
    const { percent, count } = this.#figures;
    const of = (share: number | undefined) => (share === undefined ? '–' : percent(share / 100));
    const seen =
      observed?.share === undefined
        ? this.#texts.notObserved
        : this.#texts.observedShare(
            of(observed.share),
            of(observed.low),
            of(observed.high),
            count(observed.requests),
          );
    setText(this.#sharesTitle, this.#texts.sharesTitle);
    this.#shares.replaceChildren(
      ...[
        [this.#texts.wanted, of(wanted)],
        [this.#texts.written, of(written)],
        [this.#texts.observed, seen],
      ].map(([name = '', value = '']) => {
        const pair = create('div');
        pair.append(create('dt', '', name), create('dd', '', value));
        return pair;
      }),
    );
    this.#chartElement.setAttribute('role', 'img');
    this.#chartElement.setAttribute('aria-label', this.#texts.chartSummary);
    this.#chartElement.hidden = series.length < 2;
    if (series.length >= 2) this.#chart.draw(series, readColours(), this.#locale);
  }

  #showEvents({ events }: Release): void {
    setText(this.#eventsTitle, this.#texts.eventsTitle);
    const items = events.toReversed().map(({ time, event, message }) => {
      const item = create('li');
      const when = create('time', '', this.#figures.time(new Date(time)));
      when.dateTime = time;
      const what = create('strong', event, this.#texts.events[event] ?? event);
      // The journal's own sentences are in English.
      const words = create('span', '', message);
      words.lang = 'en';
      item.append(when, ' ', what, ' ', words);
      return item;
    });
    this.#events.replaceChildren(
      ...(items.length > 0 ? items : [create('li', 'empty', this.#texts.noEvents)]),
    );
  }

  /** Says aloud what changed for the release, not what is counted. */
  #announce(release: Release): void {
    const { name, phase, wanted } = release;
    const text = `${name}: ${this.#texts.phases[phase] ?? this.#texts.notStarted}${wanted === undefined ? '' : `, ${this.#figures.percent(wanted / 100)}`}`;
    if (this.#announced !== '' && this.#announced !== text) this.#options.announcer.say(text);
    this.#announced = text;
  }

  async #command(name: CommandName): Promise<void> {
    const release = this.#release;
    if (!release) return;
    const button = this.#buttons.get(name);
    if (button) button.disabled = true;
    const refusal = await this.#client.command(release.name, name);
    if (button) button.disabled = false;
    if (refusal !== undefined)
      this.#options.notice.show(this.#texts.refused(this.#texts.commands[name], refusal));
  }

  async #changeFaults(faults: Partial<Faults>): Promise<void> {
    const refusal = await this.#client.changeFaults(faults);
    if (refusal !== undefined)
      this.#options.notice.show(this.#texts.refused(this.#texts.faultsTitle, refusal));
  }
}

function waitingText({ because, phase }: Release, texts: ReleaseMessages): string {
  if (because === undefined) return '';
  const said = texts.waitingFor[because.reason];
  const ended = ['completed', 'aborted', 'undone'].includes(phase);
  return ended || said === undefined ? `${texts.because}: ${because.message}` : `${said}: ${because.message}`;
}
