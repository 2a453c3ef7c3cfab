import { create } from '../view/elements.js';
import type { Figures } from '../view/figures.js';
import type { ReleaseMessages } from './i18n/release-messages.js';
import type { ReleaseStep } from './release-state.js';

/** The steps of a plan in a row, with how far the current one is. */
export function stepTrack(
  steps: readonly ReleaseStep[],
  texts: ReleaseMessages,
  figures: Figures,
): HTMLElement {
  const track = create('ol', 'steps');
  track.append(...steps.map((step) => stepItem(step, texts, figures)));
  return track;
}

function stepItem(step: ReleaseStep, texts: ReleaseMessages, figures: Figures): HTMLElement {
  const item = create('li', `step ${step.state}`);
  if (step.state === 'current') item.setAttribute('aria-current', 'step');
  const percent = figures.percent(step.percent / 100);
  item.append(create('span', 'step-percent', percent));
  item.append(create('span', 'visually-hidden', ` ${texts.step(percent)}: `));
  item.append(create('span', 'step-state', texts.stepStates[step.state]));
  if (step.pause) item.append(create('span', 'hint', texts.stepPause));
  if (step.state === 'current') item.append(...progress(step, texts, figures));
  return item;
}

function progress(step: ReleaseStep, texts: ReleaseMessages, figures: Figures): HTMLElement[] {
  const { held, hold, requests, requestsNeeded } = step;
  const time = texts.held(duration(Math.min(held, hold), texts, figures), duration(hold, texts, figures));
  const bars = [bar(hold === 0 ? 1 : held / hold, time)];
  if (requestsNeeded > 0) {
    const count = texts.requests(figures.count(requests), figures.count(Math.ceil(requestsNeeded)));
    bars.push(bar(requests / requestsNeeded, count));
  }
  return bars;
}

/** A labelled bar of 0-1. */
function bar(part: number, label: string): HTMLElement {
  const shown = create('div', 'progress');
  const fill = create('div', 'progress-fill');
  fill.style.width = `${100 * Math.min(1, Math.max(0, part))}%`;
  const groove = create('div', 'progress-groove');
  groove.setAttribute('aria-hidden', 'true');
  groove.append(fill);
  shown.append(groove, create('span', 'hint', label));
  return shown;
}

/** Seconds below two minutes, minutes beyond. */
function duration(milliseconds: number, texts: ReleaseMessages, figures: Figures): string {
  const seconds = Math.floor(milliseconds / 1000);
  return seconds < 120
    ? texts.seconds(figures.count(seconds))
    : texts.minutes(figures.count(Math.round(seconds / 60)));
}
