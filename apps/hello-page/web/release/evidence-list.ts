import { create } from '../view/elements.js';
import type { Figures } from '../view/figures.js';
import type { ReleaseMessages } from './i18n/release-messages.js';
import type { GuardEvidence, Release } from './release-state.js';

/** Odds beyond this are said as this: nobody can picture more. */
const rarest = 1e9;

/** What speaks against the new version, guard by guard, in words and as a meter towards an abort. */
export function evidenceList(release: Release, texts: ReleaseMessages, figures: Figures): HTMLElement {
  const list = create('ul', 'evidence');
  list.append(...release.guards.map((guard) => evidenceItem(guard, release, texts, figures)));
  return list;
}

function evidenceItem(
  guard: GuardEvidence,
  release: Release,
  texts: ReleaseMessages,
  figures: Figures,
): HTMLElement {
  const item = create('li');
  const head = create('div', 'evidence-head');
  const about = [texts.outcomes[guard.outcome], texts.kinds[guard.kind]].filter(Boolean).join(', ');
  head.append(create('strong', '', guard.guard), create('span', 'hint', about));
  item.append(head, meter(guard, texts), create('p', '', sentence(guard, release, texts, figures)));
  return item;
}

/** Evidence multiplies, so the meter is of its logarithm. */
function meter({ guard, evidence, needed }: GuardEvidence, texts: ReleaseMessages): HTMLElement {
  const element = create('meter');
  element.min = 0;
  element.max = 1;
  element.optimum = 0;
  element.low = 0.34;
  element.high = 0.67;
  element.value =
    needed > 1 ? Math.min(1, Math.max(0, Math.log(Math.max(1, evidence)) / Math.log(needed))) : 0;
  element.setAttribute('aria-label', texts.meter(guard));
  return element;
}

function sentence(
  guard: GuardEvidence,
  { stable, canary }: Release,
  texts: ReleaseMessages,
  figures: Figures,
): string {
  const write = texts.evidence[guard.kind];
  if (write === undefined || (guard.limit === undefined && guard.kind !== 'swallowed')) return guard.message;
  const limit = guard.limit ?? 0;
  const odds =
    guard.evidence < 2
      ? texts.nothingUnusual
      : texts.odds(figures.count(rounded(Math.min(guard.evidence, rarest))));
  return write({
    stable,
    canary,
    canaryBad: figures.count(guard.canary.bad),
    canaryRequests: figures.count(guard.canary.requests),
    stableBad: figures.count(guard.stable.bad),
    stableRequests: figures.count(guard.stable.requests),
    limit: guard.kind === 'ceiling' ? figures.percent(limit / 100) : figures.count(limit),
    odds,
  });
}

/** Two digits tell enough of odds. */
function rounded(value: number): number {
  return Number(value.toPrecision(2));
}
