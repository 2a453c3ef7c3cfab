import {
  count,
  durationText,
  type GuardReport,
  type NamedObject,
  namedObject,
  percentText,
  type ReleaseReport,
  reportOf,
  type StepReport,
  targetKinds,
} from '@grayscale/release';
import { type GrayRelease, planOf, recordOf, stateOf } from '@grayscale/release-cluster';
import { Html, html } from './html.js';
import { style } from './style.js';

/** All releases of the cluster in one table. */
export function listPage(releases: readonly GrayRelease[]): string {
  const rows = releases.map((release) => {
    const { namespace, name } = release.metadata;
    const { phase, progress, percent, message } = release.status ?? {};
    return html`<tr>
      <td><a href="/releases/${namespace}/${name}">${namespace}/${name}</a></td>
      <td>${phaseBadge(phase)}</td><td>${progress}</td>
      <td>${percent === undefined ? '' : percentText(percent)}</td><td>${message}</td>
    </tr>`;
  });
  const none = html`<tr><td colspan="5">There is no GrayRelease here yet.</td></tr>`;
  return page(
    'Releases',
    html`<table><thead><tr><th>Release</th><th>Phase</th><th>Step</th><th>Canary</th><th></th></tr></thead>
    <tbody>${rows.length === 0 ? none : rows}</tbody></table>`,
  );
}

/** One release: where it stands, why, and what was decided. */
export function releasePage(release: GrayRelease): string {
  const { namespace, name } = release.metadata;
  const { phase, message } = release.status ?? {};
  const plan = planOf(release);
  const state = stateOf(release);
  const report = plan && state && reportOf(plan, state);
  return page(
    `${namespace}/${name}`,
    html`<p><a href="/">All releases</a></p>
    <p>${phaseBadge(phase)} ${message ?? 'Nobody has looked at it yet.'}</p>
    ${report && [targets(report), steps(report.steps), evidence(report.guards)]}
    ${journal(release)}`,
  );
}

function targets({ targets, observed }: ReleaseReport): Html {
  const rows = targets.map(
    ({ stable, canary, written, ...named }) => html`<tr>
      <td>${objectOf(named)}</td><td>${stable}</td><td>${canary}</td><td>${percentText(written)}</td>
      <td>${observedText(observed.find((each) => each.stable === stable && each.canary === canary))}</td>
    </tr>`,
  );
  return table('Targets', ['Rules of', 'Stable', 'Canary', 'Written', 'Observed'], rows);
}

/** `HTTPRoute hello-page/hello-ext-svc`. */
function objectOf(named: NamedObject<string>): string {
  const { field, name } = namedObject(named);
  return `${targetKinds[field].kind} ${name}`;
}

function observedText(observed: ReleaseReport['observed'][number] | undefined): string {
  const { share, low = 0, high = 0, requests = 0 } = observed ?? {};
  if (share === undefined) return 'no requests yet';
  return `${percentText(share)} (${percentText(low)} to ${percentText(high)}) of ${count(requests)} requests`;
}

function steps(all: readonly StepReport[]): Html {
  const rows = all.map(
    ({ percent, state, held, hold, requests, requestsNeeded, pause }) => html`<tr class="${state}">
      <td>${percentText(percent)}</td><td>${stepStates[state]}</td>
      <td><progress max="${hold}" value="${Math.min(held, hold)}"></progress> ${durationText(held)} of ${durationText(hold)}</td>
      <td>${count(requests)} of ${count(requestsNeeded)}</td><td>${pause ? 'waits for a human at its end' : ''}</td>
    </tr>`,
  );
  return table('Steps', ['Canary', '', 'Held', 'Requests', ''], rows);
}

const stepStates: Record<StepReport['state'], string> = {
  done: 'done',
  current: 'in force',
  left: 'left',
  ahead: '',
};

function evidence(guards: readonly GuardReport[]): Html {
  const rows = guards.map(
    ({ guard, kind, evidence, needed, message }) => html`<tr>
      <td>${guard}</td><td>${testNames[kind]}</td>
      <td><meter max="1" value="${share(evidence, needed)}" high="0.5" low="0.1" optimum="0"></meter> ${figure(evidence)} of ${figure(needed)}</td>
      <td>${message}</td>
    </tr>`,
  );
  return table('Evidence against the canary', ['Guard', 'Compared with', 'E', ''], rows);
}

const testNames: Record<GuardReport['kind'], string> = {
  ratio: 'stable',
  ceiling: 'its ceiling',
  swallowed: 'requests that are missing',
};

/** On the scale of evidence, which is that of its logarithm. */
function share(evidence: number, needed: number): string {
  return Math.min(1, Math.max(0, Math.log(evidence) / Math.log(needed))).toFixed(3);
}

function figure(value: number): string {
  return value >= 1000 ? count(value) : String(Number(value.toPrecision(2)));
}

function journal(release: GrayRelease): Html {
  const rows = (recordOf(release)?.entries ?? []).toReversed().map(
    ({ at, run, op, note, message, percent }) => html`<tr>
      <td><time datetime="${new Date(at).toISOString()}">${new Date(at).toISOString().slice(0, 19).replace('T', ' ')}</time></td>
      <td>${run}</td><td>${String(note ?? op)}</td>
      <td>${message ?? (typeof percent === 'number' ? `${percentText(percent)} is written` : '')}</td>
    </tr>`,
  );
  return table('Journal (UTC, newest first)', ['Time', 'Run', '', ''], rows);
}

function table(title: string, heads: readonly string[], rows: readonly Html[]): Html {
  return html`<section><h2>${title}</h2><table>
    <thead><tr>${heads.map((head) => html`<th>${head}</th>`)}</tr></thead><tbody>${rows}</tbody>
  </table></section>`;
}

function phaseBadge(phase = 'New'): Html {
  return html`<strong class="phase ${phase.toLowerCase()}">${phase}</strong>`;
}

function page(title: string, body: Html): string {
  const { text } = html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
  <meta http-equiv="refresh" content="5">
  <title>${title} · grayscale</title><style>${style}</style>
</head>
<body><h1>${title}</h1>${body}</body>
</html>
`;
  return text;
}
