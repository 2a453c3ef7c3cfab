import { ShareChart } from './chart/chart.js';
import { readColours } from './colours.js';
import type { Exchange } from './exchange.js';
import { Experiment } from './experiment.js';
import { LoadGenerator } from './load-generator.js';
import { MeshClient } from './mesh/mesh-client.js';
import { askPage, newRequestId } from './page-client.js';
import { Palette } from './palette.js';
import type { ReleasePanel } from './release/release-panel.js';
import { Announcer } from './view/announcer.js';
import { Controls } from './view/controls.js';
import { byId, setText } from './view/elements.js';
import { type Figures, figuresOf } from './view/figures.js';
import { IssueBanner } from './view/issue-banner.js';
import { speak, spokenLanguage } from './view/language.js';
import { Notice } from './view/notice.js';
import { ShareTable } from './view/share-table.js';
import { Summary, statusText } from './view/summary.js';
import { outcomeText, WhyPanel } from './view/why-panel.js';
import { parseViewState } from './view-state.js';
import { Wall } from './wall/wall.js';

/**
 * A browser opens six connections to a host by HTTP/1.1: the mesh's events keep one, questions about the release need another now
 * and then; more requests than the rest would wait and look slow.
 */
const maximumInFlight = 4;

/** Requests that are held back are told of when they are more than this share of the rate, looked at this often. */
const heldBackShare = 0.1;
const heldBackMs = 3000;

/** Numbers that change more often than this cannot be read, in milliseconds. */
const refreshMs = 250;

/** The live page: joins what the user does, what is sent and what the mesh says to what is seen. */
export class Page {
  readonly #experiment = new Experiment(Date.now());
  readonly #palette = new Palette();
  readonly #controls = new Controls(parseViewState(location.search), {
    name: () => this.#changeName(),
    rate: (rate) => this.#changeRate(rate),
    pause: () => this.#changePause(),
    reset: () => this.#reset(),
    appearance: () => this.#restyle(),
  });
  #language = spokenLanguage(this.#controls.state.language);
  #messages = speak(this.#language);
  #figures: Figures = figuresOf(this.#messages.locale);
  readonly #wall = new Wall({
    element: byId('wall', HTMLElement),
    history: this.#experiment.history,
    palette: this.#palette,
    colours: readColours(),
    onChoose: () => this.#showChosen(),
  });
  readonly #chart = new ShareChart({
    element: byId('chart', HTMLElement),
    palette: this.#palette,
    colours: readColours(),
    locale: this.#messages.locale,
    markTexts: this.#messages.marks,
  });
  readonly #shares = new ShareTable(byId('shares', HTMLElement), this.#palette);
  readonly #summary = new Summary(this.#palette);
  readonly #banner = new IssueBanner(byId('issues', HTMLElement));
  readonly #why = new WhyPanel(this.#palette);
  readonly #announcer = new Announcer(byId('announcer', HTMLElement));
  readonly #notice = new Notice(byId('notice', HTMLElement));
  #release: ReleasePanel | undefined;
  readonly #load = new LoadGenerator({
    send: () => this.#ask(),
    timers: {
      now: () => performance.now(),
      setTimeout: (callback, milliseconds) => window.setTimeout(callback, milliseconds),
      clearTimeout: (timer) => window.clearTimeout(timer as number | undefined),
    },
    rate: this.#controls.state.rate,
    maximumInFlight,
  });
  readonly #mesh = new MeshClient({
    rules: (rules) => {
      if (this.#experiment.observeRules(rules, Date.now()))
        this.#announcer.say(this.#messages.announceRuleChanged);
      this.#banner.show(rules, this.#messages);
      void this.#explain();
    },
    decided: (decision) => {
      this.#experiment.decide(decision);
      if (this.#experiment.history.withRequestId(decision.requestId)?.sequence === this.#wall.chosen)
        this.#showChosen();
    },
    reachable: (reachable) => {
      if (!reachable) this.#experiment.explain(undefined);
    },
  });

  /** Begins to send and to show; it goes on until the page is left. */
  async start(): Promise<void> {
    this.#restyle();
    document.addEventListener('visibilitychange', () => this.#changeVisibility());
    setInterval(() => this.#refresh(), refreshMs);
    setInterval(() => this.#noticeHeldBack(), heldBackMs);
    byId('why', HTMLElement).hidden = !(await this.#mesh.follow());
    this.#run();
    await this.#showRelease();
  }

  /** The panel of the release is loaded where there is a release controller: not in a cluster. */
  async #showRelease(): Promise<void> {
    const response = await fetch('/rehearsal/releases').catch(() => undefined);
    if (response === undefined || response.status === 404) return;
    const { ReleasePanel } = await import('./release/release-panel.js');
    const element = byId('release', HTMLElement);
    this.#release = new ReleasePanel(
      { element, announcer: this.#announcer, notice: this.#notice },
      this.#figures,
    );
    this.#restyle();
  }

  async #ask(): Promise<void> {
    const { name } = this.#controls.state;
    const began = performance.now();
    const exchange = this.#experiment.send(newRequestId(), name, Date.now());
    this.#wall.changed(exchange.sequence);
    const outcome = await askPage(name, exchange.requestId);
    this.#experiment.finish(exchange, outcome, performance.now() - began);
    this.#wall.changed(exchange.sequence);
    if (exchange.sequence === this.#wall.chosen) this.#showChosen();
  }

  async #explain(): Promise<void> {
    const { name } = this.#controls.state;
    const explanation = await this.#mesh.explain(name);
    // The answer to an earlier question must not overwrite a later one's.
    if (name === this.#controls.state.name) this.#experiment.explain(explanation);
  }

  #changeName(): void {
    this.#experiment.changeName(Date.now());
    this.#controls.show(this.#messages);
    void this.#explain();
  }

  #changeRate(rate: number): void {
    this.#load.rate = rate;
    this.#controls.show(this.#messages);
  }

  #changePause(): void {
    this.#controls.show(this.#messages);
    this.#run();
  }

  #changeVisibility(): void {
    if (!document.hidden && !this.#controls.state.paused) this.#notice.show(this.#messages.hidden);
    this.#run();
  }

  /** Sends exactly while nobody paused and somebody can see it. */
  #run(): void {
    if (this.#controls.state.paused || document.hidden) this.#load.stop();
    else this.#load.start();
  }

  #reset(): void {
    this.#experiment.reset(Date.now());
    this.#wall.choose(undefined);
    this.#refresh();
  }

  #restyle(): void {
    this.#language = spokenLanguage(this.#controls.state.language);
    this.#messages = speak(this.#language);
    this.#figures = figuresOf(this.#messages.locale);
    this.#controls.show(this.#messages);
    const colours = readColours();
    this.#wall.colours = colours;
    this.#chart.restyle({ colours, locale: this.#messages.locale, markTexts: this.#messages.marks });
    byId('chart', HTMLElement).setAttribute('aria-label', this.#messages.chartSummary);
    if (this.#experiment.rules) this.#banner.show(this.#experiment.rules, this.#messages);
    this.#release?.restyle(this.#language, this.#messages.locale, this.#figures);
    this.#showChosen();
    this.#refresh();
  }

  #refresh(): void {
    const { ledger, explanation } = this.#experiment;
    const rows = this.#experiment.rows();
    this.#summary.show(ledger, rows, this.#messages, this.#figures);
    this.#shares.show(
      rows,
      this.#messages,
      this.#figures,
      statusText(ledger.total, this.#messages, this.#figures),
    );
    this.#announcer.follow(rows, this.#messages, this.#figures);
    this.#why.showRule(this.#experiment, this.#messages, this.#figures);
    setText(byId('chart-legend', HTMLElement), explanation ? this.#messages.wantedLine : '');
    if (this.#load.running) this.#chart.draw(this.#experiment.series(Date.now()), Date.now());
  }

  #noticeHeldBack(): void {
    const heldBack = this.#load.takeHeldBack();
    const wanted = (this.#controls.state.rate * heldBackMs) / 1000;
    if (heldBack > wanted * heldBackShare)
      this.#notice.show(this.#messages.heldBack(this.#figures.count(heldBack)));
  }

  #showChosen(): void {
    const chosen = this.#wall.chosen;
    const exchange = chosen === undefined ? undefined : this.#experiment.history.at(chosen);
    this.#why.showChosen(exchange, this.#messages, this.#figures);
    const option = byId('wall-option', HTMLElement);
    option.setAttribute('aria-selected', String(exchange !== undefined));
    setText(option, exchange ? this.#describe(exchange) : this.#messages.noDot);
  }

  #describe(exchange: Exchange): string {
    const sequence = this.#figures.count(exchange.sequence);
    const latency = this.#figures.milliseconds(exchange.latencyMs);
    return this.#messages.dot(sequence, outcomeText(exchange, this.#messages), latency);
  }
}
