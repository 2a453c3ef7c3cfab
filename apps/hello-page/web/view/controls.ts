import { languages } from '../i18n/languages.js';
import type { Messages } from '../i18n/messages.js';
import { formatViewState, type ViewState } from '../view-state.js';
import { byId, setText } from './elements.js';

export interface ControlsListener {
  name(name: string): void;
  rate(rate: number): void;
  pause(paused: boolean): void;
  reset(): void;
  /** Another language or theme. */
  appearance(): void;
}

/** While a name is being typed, each letter is not a new person. */
const typingMs = 350;

/** The inputs of the page, and the address that carries them. */
export class Controls {
  readonly state: ViewState;
  readonly #listener: ControlsListener;
  readonly #name = byId('name', HTMLInputElement);
  readonly #rate = byId('rate', HTMLInputElement);
  readonly #pause = byId('pause', HTMLButtonElement);
  readonly #theme = byId('theme', HTMLButtonElement);
  readonly #systemDark = matchMedia('(prefers-color-scheme: dark)');
  #typing: ReturnType<typeof setTimeout> | undefined;

  constructor(state: ViewState, listener: ControlsListener) {
    this.state = state;
    this.#listener = listener;
    this.#name.value = state.name;
    this.#rate.value = String(state.rate);
    this.#listenToName();
    this.#rate.addEventListener('input', () => this.#setRate(Number(this.#rate.value)));
    this.#pause.addEventListener('click', () => this.#setPaused(!this.state.paused));
    byId('reset', HTMLButtonElement).addEventListener('click', () => listener.reset());
    this.#theme.addEventListener('click', () =>
      this.#setAppearance({ theme: this.#dark() ? 'light' : 'dark' }),
    );
    this.#systemDark.addEventListener('change', () => this.#listener.appearance());
    for (const language of languages)
      byId(`language-${language}`, HTMLButtonElement).addEventListener('click', () =>
        this.#setAppearance({ language }),
      );
  }

  /** Shows the state in that language, and keeps it in the address. */
  show(messages: Messages): void {
    const { name, rate, paused, theme } = this.state;
    history.replaceState(null, '', `${location.pathname}${formatViewState(this.state)}`);
    if (theme) document.documentElement.dataset.theme = theme;
    const forwarded = byId('forwarded', HTMLElement);
    setText(forwarded, name === '' ? messages.nothingForwarded : messages.forwarded(`user: ${name}`));
    forwarded.title = forwarded.textContent;
    setText(byId('rate-value', HTMLOutputElement), String(rate));
    setText(this.#pause, paused ? messages.resume : messages.pause);
    setText(this.#theme, this.#dark() ? messages.lightTheme : messages.darkTheme);
    this.#press('name-test', name === 'test');
    this.#press('name-nobody', name === '');
    for (const language of languages) this.#press(`language-${language}`, language === messages.language);
  }

  #listenToName(): void {
    this.#name.addEventListener('input', () => {
      clearTimeout(this.#typing);
      this.#typing = setTimeout(() => this.#setName(this.#name.value), typingMs);
    });
    this.#name.addEventListener('change', () => this.#setName(this.#name.value));
    byId('name-test', HTMLButtonElement).addEventListener('click', () => this.#setName('test'));
    byId('name-nobody', HTMLButtonElement).addEventListener('click', () => this.#setName(''));
  }

  #setName(name: string): void {
    clearTimeout(this.#typing);
    if (this.#name.value !== name) this.#name.value = name;
    if (name === this.state.name) return;
    this.state.name = name;
    this.#listener.name(name);
  }

  #setRate(rate: number): void {
    this.state.rate = rate;
    this.#listener.rate(rate);
  }

  #setPaused(paused: boolean): void {
    this.state.paused = paused;
    this.#listener.pause(paused);
  }

  #setAppearance(appearance: Pick<ViewState, 'language' | 'theme'>): void {
    Object.assign(this.state, appearance);
    this.#listener.appearance();
  }

  #dark(): boolean {
    return this.state.theme === undefined ? this.#systemDark.matches : this.state.theme === 'dark';
  }

  #press(id: string, pressed: boolean): void {
    byId(id, HTMLButtonElement).setAttribute('aria-pressed', String(pressed));
  }
}
