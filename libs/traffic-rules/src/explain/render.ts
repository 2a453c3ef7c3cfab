import { exactPlaceText } from '../place.js';
import type {
  Effects,
  ExplainedAnswer,
  ExplainedDestination,
  ExplainedMutation,
  Explanation,
  PassedOver,
} from './explanation.js';

/** The explanation as text for a terminal; ends without a line feed. */
export function renderExplanation(explanation: Explanation): string {
  const { effects } = explanation;
  return [
    ...renderRequest(explanation),
    ...section('Answered by the proxy itself', explanation.answers.flatMap(renderAnswer)),
    ...section(...destinationsOf(explanation)),
    ...section('On the way', effects === undefined ? [] : renderEffects(effects, explanation)),
    ...section('Passed over', renderAllPassedOver(explanation)),
    ...section('Note', explanation.notes),
  ].join('\n');
}

function renderRequest({ request, summary, decision }: Explanation): string[] {
  const { method, scheme, authority, port, path } = request;
  const { rule, match } = decision.because;
  const place = match?.location ?? rule?.location;
  const dialled = /:\d+$/.test(authority) || port === 80 ? '' : `:${port}`;
  return [
    `${method} ${scheme}://${authority}${dialled}${path}`.trim(),
    summary,
    ...(place === undefined ? [] : [`  ${exactPlaceText(place)}`]),
  ];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `${title}:`, ...lines.map((line) => `  ${line}`)];
}

/** What is said of them elsewhere, in the summary or with the destination, is not said again. */
function renderAnswer({ by, status, grpcStatus, share }: ExplainedAnswer): string[] {
  const what = by === 'fault' ? 'an injected fault' : 'CORS, to a preflight';
  if (by !== 'fault' && by !== 'preflight') return [];
  const code = grpcStatus === undefined ? `${status}` : `gRPC status ${grpcStatus}`;
  return [`${percent(share)}  ${code}, ${what}`];
}

/** Requests that the proxy answers go nowhere. */
function destinationsOf({ answers, destinations }: Explanation): [title: string, lines: string[]] {
  const earlier = answers.filter(({ by }) => by === 'fault' || by === 'preflight');
  const left = 1 - earlier.reduce((sum, { share }) => sum + share, 0);
  if (left <= 1e-9) return ['Destinations', []];
  const title = earlier.length === 0 ? 'Destinations' : `Destinations of the other ${percent(left)}`;
  return [title, destinations.flatMap(renderDestination)];
}

function renderDestination(destination: ExplainedDestination): string[] {
  const { host, port, subset, weight, total } = destination;
  const name = `${host}:${port}${subset === '' ? '' : ` (subset ${subset})`}`;
  return [
    `${percent(destination.share)}  ${host === '' ? 'a backend that is missing, or that the route may not use' : name}, ${weight} of ${total}`,
    `    ${renderEndpoints(destination)}`,
    ...(destination.tls === undefined ? [] : [`    ${destination.tls}`]),
    ...(destination.loadBalancing === undefined ? [] : [`    ${destination.loadBalancing}`]),
    ...destination.limits.map((line) => `    ${line}`),
    ...renderMutations('request', destination.requestHeaders),
    ...renderMutations('response', destination.responseHeaders),
  ];
}

function renderEndpoints({ host, exists, missing, cluster, endpoints }: ExplainedDestination): string {
  const effect = missing === undefined ? 'the connection is closed' : `${missing} with an empty body`;
  if (!exists && host === '') return `${effect}; grayscale check says why`;
  if (!exists) return `there is no ${cluster}: ${effect}`;
  if (endpoints.length === 0) return `${cluster} has no endpoint listed`;
  const isWeighted = endpoints.some(({ weight }) => weight !== endpoints[0]?.weight);
  const texts = endpoints.map(
    ({ address, port, healthy, weight }) =>
      `${address}:${port}${isWeighted ? ` (weight ${weight})` : ''}${healthy ? '' : ' (not ready)'}`,
  );
  return `endpoints ${texts.join(', ')}`;
}

function renderMutations(what: 'request' | 'response', mutations: readonly ExplainedMutation[]): string[] {
  return mutations.map(
    ({ kind, name, value }) =>
      `    ${what} header: ${kind} ${name}${value === undefined ? '' : `: ${value}`}`,
  );
}

function renderEffects(effects: Effects, { request, destinations, decision }: Explanation): string[] {
  const lines = decision.kind === 'forward' ? [renderPath(effects), renderHost(request, destinations)] : [];
  if (effects.redirect)
    lines.push(`answered with ${effects.redirect.status} to ${effects.redirect.location}`);
  if (effects.directResponse) {
    lines.push(
      `answered with ${effects.directResponse.status} and ${effects.directResponse.body.length} characters`,
    );
  }
  if (effects.timeoutMs > 0) lines.push(`timeout ${effects.timeoutMs} ms, all tries together`);
  if (effects.retry.attempts > 0) {
    const { attempts, on, perTryTimeoutMs } = effects.retry;
    const limit = perTryTimeoutMs > 0 ? `, each try at most ${perTryTimeoutMs} ms` : '';
    lines.push(`up to ${attempts} retries on ${on.join(', ')}${limit}`);
  }
  lines.push(
    ...renderFilters(effects),
    ...renderMutations('response', effects.responseHeaders).map((line) => line.trim()),
  );
  return lines;
}

function renderPath({ path }: Effects): string {
  return path.sent === path.received
    ? `path ${path.sent}, as received`
    : `path ${path.received} becomes ${path.sent}`;
}

function renderHost(
  { authority }: Explanation['request'],
  destinations: readonly ExplainedDestination[],
): string {
  const hosts = [...new Set(destinations.map((destination) => destination.authority))];
  return hosts.length === 1 && hosts[0] === authority
    ? `Host ${authority}, as received`
    : `Host ${authority} becomes ${hosts.join(' or ')}`;
}

function renderFilters({ fault, cors, mirrors }: Effects): string[] {
  const lines: string[] = [];
  if (fault?.delay)
    lines.push(`fault: ${fault.delay.percentage} % are delayed by ${fault.delay.milliseconds} ms`);
  if (fault?.abort) {
    const status = 'status' in fault.abort ? fault.abort.status : `gRPC status ${fault.abort.grpcStatus}`;
    lines.push(`fault: ${fault.abort.percentage} % are answered with ${status}`);
  }
  if (cors) lines.push('CORS: preflights of allowed origins are answered by the proxy');
  for (const { cluster, percentage } of mirrors) lines.push(`${percentage} % are copied to ${cluster}`);
  return lines;
}

/** Where rules of several resources were put together, each says whose it is. */
function renderAllPassedOver({ passedOver, decision }: Explanation): string[] {
  const resources = [...passedOver.map(({ resource }) => resource), decision.because.resource];
  const names = resources.flatMap((one) =>
    one === undefined ? [] : `${one.kind} ${one.namespace}/${one.name}`,
  );
  const owners = new Set(names).size;
  return passedOver.map((passed) => renderPassedOver(passed, owners));
}

function renderPassedOver({ rule, match, reasons, resource }: PassedOver, owners: number): string {
  const name = match?.name ?? rule.name;
  const place = (match ?? rule).path.replace(/^spec\./, '');
  const owner = owners > 1 ? `${resource.namespace}/${resource.name} ` : '';
  const label = `${owner}${place}${name === undefined ? '' : ` "${name}"`}`;
  return `${label} (${exactPlaceText(match?.location ?? rule.location)}): ${reasons.join('; ')}`;
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(4))} %`;
}
