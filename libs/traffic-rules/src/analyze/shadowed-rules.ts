import type { PreparedBlock, PreparedRule } from '../compile/virtual-service.js';
import type { HttpMatchRequest, VirtualService } from '../resources/virtual-service.js';
import { route } from '../route/route.js';
import { Report } from '../validate/report.js';
import { warnOfUnusedRules } from '../validate/unused.js';
import { covers } from './covers.js';
import type { Deciding, MeshView } from './mesh-view.js';
import { describeRequest, witnessOf } from './witness.js';

const everything: HttpMatchRequest = {
  headers: {},
  withoutHeaders: {},
  queryParams: {},
  sourceLabels: {},
  gateways: [],
  ignoreUriCase: false,
};

interface Placed {
  rule: PreparedRule;
  block: PreparedBlock;
  match: HttpMatchRequest;
}

/** Rules and matches that an earlier rule takes every request of, beyond those that `validate` tells. */
export function warnOfShadowedRules(view: MeshView): void {
  for (const deciding of view.deciding) {
    const told = new Set(toldByValidation(deciding.document));
    for (const [rule, shadows] of shadowsByRule(deciding)) {
      if (rule.delegate !== undefined || told.has(`spec.http[${rule.index}]`)) continue;
      if (shadows.length === rule.blocks.length) warnOfRule(view, deciding, rule, shadows[0]);
      else for (const shadow of shadows) warnOfMatch(view, deciding, shadow, told);
    }
  }
}

function toldByValidation(document: VirtualService): string[] {
  const report = new Report(document);
  warnOfUnusedRules(document.spec, report);
  return report.issues.flatMap(({ path }) => [path, path.replace(/\.match\[\d+\]$/, '')]);
}

interface Shadow {
  hidden: Placed;
  by: Placed;
}

function shadowsByRule({ prepared }: Deciding): Map<PreparedRule, Shadow[]> {
  const earlier = new EarlierMatches();
  const shadows = new Map<PreparedRule, Shadow[]>();
  for (const rule of prepared.rules)
    for (const block of rule.blocks) {
      if (block.excluded !== undefined) continue;
      const hidden = { rule, block, match: block.match ?? everything };
      const by = earlier.covering(hidden.match);
      if (by === undefined) earlier.add(hidden);
      else shadows.set(rule, [...(shadows.get(rule) ?? []), { hidden, by }]);
    }
  return shadows;
}

/** The matches before, by an exact value that they ask for: of a thousand users' rules none has to be looked at. */
class EarlierMatches {
  private readonly byExactValue = new Map<string, Placed[]>();
  private readonly others: Placed[] = [];

  add(placed: Placed): void {
    const [key] = exactValues(placed.match);
    const list = key === undefined ? this.others : this.byExactValue.get(key);
    if (list !== undefined) list.push(placed);
    else if (key !== undefined) this.byExactValue.set(key, [placed]);
  }

  covering(match: HttpMatchRequest): Placed | undefined {
    const candidates = exactValues(match).flatMap((key) => this.byExactValue.get(key) ?? []);
    return [...candidates, ...this.others].find((placed) => covers(placed.match, match));
  }
}

function exactValues({ uri, ignoreUriCase, headers }: HttpMatchRequest): string[] {
  const path = uri?.kind === 'exact' && !ignoreUriCase ? [`path ${uri.value}`] : [];
  return [
    ...path,
    ...Object.entries(headers).flatMap(([name, value]) =>
      value.kind === 'exact' ? [`${name.toLowerCase()} ${value.value}`] : [],
    ),
  ];
}

function warnOfRule(
  view: MeshView,
  deciding: Deciding,
  rule: PreparedRule,
  shadow: Shadow | undefined,
): void {
  if (shadow === undefined) return;
  const message = `no request reaches this rule: ${nameOf(shadow.by.rule)} (line ${shadow.by.rule.location.line}) takes all of its requests${example(view, deciding, shadow)}. Put it before that rule.`;
  view.report(deciding.document).warning('rule-shadowed', `spec.http[${rule.index}]`, message);
}

function warnOfMatch(view: MeshView, deciding: Deciding, shadow: Shadow, told: ReadonlySet<string>): void {
  const path = `spec.http[${shadow.hidden.rule.index}].match[${shadow.hidden.block.index}]`;
  if (told.has(path)) return;
  const message = `this match never decides: ${nameOf(shadow.by.rule)} (line ${shadow.by.rule.location.line}) takes all of its requests${example(view, deciding, shadow)}. Put the rule before that one, or remove the match.`;
  view.report(deciding.document).warning('match-shadowed', path, message);
}

function nameOf({ index, http, delegate }: PreparedRule): string {
  const name = http.name === undefined ? `rule ${index}` : `rule ${index} ("${http.name}")`;
  return delegate === undefined ? name : `${name} of delegate ${delegate.namespace}/${delegate.name}`;
}

/** A request of the hidden rule, shown only when the routing table confirms who takes it. */
function example(view: MeshView, { prepared, ports }: Deciding, { hidden, by }: Shadow): string {
  const [host] = prepared.hosts;
  const port = ports.has(80) ? 80 : [...ports][0];
  if (host === undefined || port === undefined) return '';
  const request = witnessOf(hidden.match, host, port);
  if (request === undefined) return '';
  const { because } = route(view.routes, request, 0);
  const confirmed =
    because.resource?.name === prepared.reference.name && because.rule?.index === by.rule.index;
  return confirmed ? `, for instance ${describeRequest(request)}` : '';
}
