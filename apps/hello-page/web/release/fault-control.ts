import { create, setText } from '../view/elements.js';
import type { ReleaseMessages } from './i18n/release-messages.js';
import type { Faults } from './release-state.js';

const healthy: Faults = { errorRate: 0, latencyMs: 0, silent: false };

/** The inputs that make hello-2 bad while it runs. They are made once: what is being dragged must not be replaced. */
export class FaultControl {
  readonly element = create('fieldset', 'faults');
  readonly #change: (faults: Partial<Faults>) => void;
  readonly #legend = create('legend');
  readonly #hint = create('p', 'hint');
  readonly #failures = slider('fault-failures', 0, 100, 5);
  readonly #delay = slider('fault-delay', 0, 3000, 250);
  readonly #silent = create('input');
  readonly #silentLabel = create('label');
  readonly #healthy = create('button', 'chip');

  constructor(change: (faults: Partial<Faults>) => void) {
    this.#change = change;
    this.#silent.type = 'checkbox';
    this.#silent.id = 'fault-silent';
    this.#silentLabel.htmlFor = this.#silent.id;
    this.#healthy.type = 'button';
    const silence = create('div', 'fault');
    silence.append(this.#silent, this.#silentLabel);
    this.element.append(
      this.#legend,
      this.#failures.element,
      this.#delay.element,
      silence,
      this.#healthy,
      this.#hint,
    );
    this.#listen();
  }

  /** Undefined faults: there is nothing to make bad here. */
  show(faults: Faults | undefined, texts: ReleaseMessages): void {
    this.element.hidden = faults === undefined;
    if (faults === undefined) return;
    setText(this.#legend, texts.faultsTitle);
    setText(this.#hint, texts.faultsHint);
    setText(this.#silentLabel, texts.silence);
    setText(this.#healthy, texts.healthy);
    this.#failures.show(texts.failures, faults.errorRate, `${faults.errorRate} %`);
    this.#delay.show(texts.delay, faults.latencyMs, `${faults.latencyMs} ms`);
    this.#silent.checked = faults.silent;
    this.element.classList.toggle('bad', faults.errorRate > 0 || faults.latencyMs > 0 || faults.silent);
  }

  #listen(): void {
    // On release, not at each pixel: every change is a request.
    this.#failures.input.addEventListener('change', () =>
      this.#change({ errorRate: this.#failures.input.valueAsNumber }),
    );
    this.#delay.input.addEventListener('change', () =>
      this.#change({ latencyMs: this.#delay.input.valueAsNumber }),
    );
    this.#silent.addEventListener('change', () => this.#change({ silent: this.#silent.checked }));
    this.#healthy.addEventListener('click', () => this.#change(healthy));
  }
}

interface Slider {
  element: HTMLElement;
  input: HTMLInputElement;
  show(label: string, value: number, text: string): void;
}

function slider(id: string, min: number, max: number, step: number): Slider {
  const element = create('div', 'fault');
  const [label, input, output] = [create('label'), create('input'), create('output')];
  Object.assign(input, { type: 'range', id, min, max, step });
  label.htmlFor = id;
  output.htmlFor.add(id);
  element.append(label, input, output);
  let held = false;
  input.addEventListener('input', () => {
    held = true;
  });
  input.addEventListener('change', () => {
    held = false;
  });
  return {
    element,
    input,
    show: (name, value, text) => {
      setText(label, name);
      // A poll must not pull the handle out of the user's hand.
      if (held) return;
      input.value = String(value);
      setText(output, text);
      input.setAttribute('aria-valuetext', text);
    },
  };
}
