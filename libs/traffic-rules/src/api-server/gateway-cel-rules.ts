import { parseDuration } from '../fields/duration.js';
import { isObject } from '../fields/object.js';
import { type CelRule, differ, has, isPattern, items, keys, list, number, text } from './cel-reading.js';
import { filterCelRules } from './filter-cel-rules.js';
import { hostnameCelRules } from './hostname-cel-rules.js';
import { listenerCelRules } from './listener-cel-rules.js';
import { pathCelRules } from './path-cel-rules.js';

const metadataKey =
  /^(?:[a-z0-9]+(?:(?:-+|\.)[a-z0-9]+)*\/)?(?:[A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]$/;

function isText(self: unknown, field: string): boolean {
  return isObject(self) && typeof self[field] === 'string';
}

function milliseconds(self: unknown, field: string): number {
  return parseDuration(text(self, field)) ?? 0;
}

/** Whether a rule has one match, and that of a prefix; what is left out has one. */
function onePrefix(self: unknown): boolean {
  const matches = list(self, 'matches');
  const [only] = matches;
  const type = text(isObject(only) ? only.path : undefined, 'type');
  return matches.length === 0 || (matches.length === 1 && (type === '' || type === 'PathPrefix'));
}

function replacesPrefix(filter: unknown, field: 'requestRedirect' | 'urlRewrite'): boolean {
  const action = isObject(filter) ? filter[field] : undefined;
  const path = isObject(action) ? action.path : undefined;
  return text(path, 'type') === 'ReplacePrefixMatch' && has(path, 'replacePrefixMatch');
}

/** The sections of each parent that references name. */
function sameParents(self: unknown): Array<{ sections: string[] }> {
  const groups = Map.groupBy(items(self), (one) =>
    JSON.stringify(['group', 'kind', 'name', 'namespace'].map((field) => text(one, field))),
  );
  return [...groups.values()].map((group) => ({ sections: group.map((one) => text(one, 'sectionName')) }));
}

/** Those of the Gateway API's CRDs, as the API server reads a document with its defaults filled in. */
export const gatewayCelRules: Readonly<Record<string, CelRule>> = {
  ...filterCelRules,
  ...pathCelRules,
  ...listenerCelRules,
  ...hostnameCelRules,
  "!('*' in self && self.size() > 1)": {
    holds: (self) => items(self).length < 2 || !items(self).includes('*'),
    advice: 'keep either "*" or the others',
  },
  '!(has(self.percent) && has(self.fraction))': {
    holds: (self) => !(has(self, 'percent') && has(self, 'fraction')),
    advice: 'keep either percent or fraction',
  },
  'self.numerator <= self.denominator': {
    holds: (self) => number(self, 'numerator', 0) <= number(self, 'denominator', 100),
    advice: 'write a numerator that is not above the denominator',
  },
  "!(has(self.request) && has(self.backendRequest) && duration(self.request) != duration('0s') && duration(self.backendRequest) > duration(self.request))":
    {
      holds: (self) =>
        milliseconds(self, 'request') === 0 ||
        milliseconds(self, 'backendRequest') <= milliseconds(self, 'request'),
      advice: 'write a backendRequest that is not longer than request',
    },
  "(size(self.group) == 0 && self.kind == 'Service') ? has(self.port) : true": {
    holds: (self) =>
      !isObject(self) ||
      text(self, 'group') !== '' ||
      !['', 'Service'].includes(text(self, 'kind')) ||
      has(self, 'port'),
    advice: 'write the port of the Service',
  },
  '(has(self.backendRefs) && size(self.backendRefs) > 0) ? (!has(self.filters) || self.filters.all(f, !has(f.requestRedirect))): true':
    {
      holds: (self) =>
        list(self, 'backendRefs').length === 0 ||
        !list(self, 'filters').some((filter) => has(filter, 'requestRedirect')),
      advice: 'keep either the redirect or the backendRefs',
    },
  "(has(self.filters) && self.filters.exists_one(f, has(f.requestRedirect) && has(f.requestRedirect.path) && f.requestRedirect.path.type == 'ReplacePrefixMatch' && has(f.requestRedirect.path.replacePrefixMatch))) ? ((size(self.matches) != 1 || !has(self.matches[0].path) || self.matches[0].path.type != 'PathPrefix') ? false : true) : true":
    {
      holds: (self) =>
        onePrefix(self) || !list(self, 'filters').some((filter) => replacesPrefix(filter, 'requestRedirect')),
      advice: 'write exactly one match, of a path with type: PathPrefix',
    },
  "(has(self.backendRefs) && self.backendRefs.exists_one(b, (has(b.filters) && b.filters.exists_one(f, has(f.requestRedirect) && has(f.requestRedirect.path) && f.requestRedirect.path.type == 'ReplacePrefixMatch' && has(f.requestRedirect.path.replacePrefixMatch))) )) ? ((size(self.matches) != 1 || !has(self.matches[0].path) || self.matches[0].path.type != 'PathPrefix') ? false : true) : true":
    {
      holds: (self) =>
        onePrefix(self) ||
        !list(self, 'backendRefs')
          .flatMap((backend) => list(backend, 'filters'))
          .some((filter) => replacesPrefix(filter, 'requestRedirect')),
      advice: 'write exactly one match, of a path with type: PathPrefix',
    },
  "(has(self.filters) && self.filters.exists_one(f, has(f.urlRewrite) && has(f.urlRewrite.path) && f.urlRewrite.path.type == 'ReplacePrefixMatch' && has(f.urlRewrite.path.replacePrefixMatch))) ? ((size(self.matches) != 1 || !has(self.matches[0].path) || self.matches[0].path.type != 'PathPrefix') ? false : true) : true":
    {
      holds: (self) =>
        onePrefix(self) || !list(self, 'filters').some((filter) => replacesPrefix(filter, 'urlRewrite')),
      advice: 'write exactly one match, of a path with type: PathPrefix',
    },
  "(has(self.backendRefs) && self.backendRefs.exists_one(b, (has(b.filters) && b.filters.exists_one(f, has(f.urlRewrite) && has(f.urlRewrite.path) && f.urlRewrite.path.type == 'ReplacePrefixMatch' && has(f.urlRewrite.path.replacePrefixMatch))) )) ? ((size(self.matches) != 1 || !has(self.matches[0].path) || self.matches[0].path.type != 'PathPrefix') ? false : true) : true":
    {
      holds: (self) =>
        onePrefix(self) ||
        !list(self, 'backendRefs')
          .flatMap((backend) => list(backend, 'filters'))
          .some((filter) => replacesPrefix(filter, 'urlRewrite')),
      advice: 'write exactly one match, of a path with type: PathPrefix',
    },
  '(self.size() > 0 ? self[0].matches.size() : 0) + (self.size() > 1 ? self[1].matches.size() : 0) + (self.size() > 2 ? self[2].matches.size() : 0) + (self.size() > 3 ? self[3].matches.size() : 0) + (self.size() > 4 ? self[4].matches.size() : 0) + (self.size() > 5 ? self[5].matches.size() : 0) + (self.size() > 6 ? self[6].matches.size() : 0) + (self.size() > 7 ? self[7].matches.size() : 0) + (self.size() > 8 ? self[8].matches.size() : 0) + (self.size() > 9 ? self[9].matches.size() : 0) + (self.size() > 10 ? self[10].matches.size() : 0) + (self.size() > 11 ? self[11].matches.size() : 0) + (self.size() > 12 ? self[12].matches.size() : 0) + (self.size() > 13 ? self[13].matches.size() : 0) + (self.size() > 14 ? self[14].matches.size() : 0) + (self.size() > 15 ? self[15].matches.size() : 0) <= 128':
    {
      holds: (self) => items(self).flatMap((rule) => list(rule, 'matches')).length <= 128,
      advice: 'write at most 128 matches in all rules together',
    },
  '(self.size() > 0 ? (has(self[0].matches) ? self[0].matches.size() : 0) : 0) + (self.size() > 1 ? (has(self[1].matches) ? self[1].matches.size() : 0) : 0) + (self.size() > 2 ? (has(self[2].matches) ? self[2].matches.size() : 0) : 0) + (self.size() > 3 ? (has(self[3].matches) ? self[3].matches.size() : 0) : 0) + (self.size() > 4 ? (has(self[4].matches) ? self[4].matches.size() : 0) : 0) + (self.size() > 5 ? (has(self[5].matches) ? self[5].matches.size() : 0) : 0) + (self.size() > 6 ? (has(self[6].matches) ? self[6].matches.size() : 0) : 0) + (self.size() > 7 ? (has(self[7].matches) ? self[7].matches.size() : 0) : 0) + (self.size() > 8 ? (has(self[8].matches) ? self[8].matches.size() : 0) : 0) + (self.size() > 9 ? (has(self[9].matches) ? self[9].matches.size() : 0) : 0) + (self.size() > 10 ? (has(self[10].matches) ? self[10].matches.size() : 0) : 0) + (self.size() > 11 ? (has(self[11].matches) ? self[11].matches.size() : 0) : 0) + (self.size() > 12 ? (has(self[12].matches) ? self[12].matches.size() : 0) : 0) + (self.size() > 13 ? (has(self[13].matches) ? self[13].matches.size() : 0) : 0) + (self.size() > 14 ? (has(self[14].matches) ? self[14].matches.size() : 0) : 0) + (self.size() > 15 ? (has(self[15].matches) ? self[15].matches.size() : 0) : 0) <= 128':
    {
      holds: (self) => items(self).flatMap((rule) => list(rule, 'matches')).length <= 128,
      advice: 'write at most 128 matches in all rules together',
    },
  "self.all(p1, self.all(p2, p1.group == p2.group && p1.kind == p2.kind && p1.name == p2.name && (((!has(p1.__namespace__) || p1.__namespace__ == '') && (!has(p2.__namespace__) || p2.__namespace__ == '')) || (has(p1.__namespace__) && has(p2.__namespace__) && p1.__namespace__ == p2.__namespace__ )) ? ((!has(p1.sectionName) || p1.sectionName == '') == (!has(p2.sectionName) || p2.sectionName == '')) : true))":
    {
      holds: (self) =>
        sameParents(self).every(
          ({ sections }) => !sections.includes('') || sections.every((section) => section === ''),
        ),
      advice: 'write sectionName for each of the references to this parent',
    },
  "self.all(p1, self.exists_one(p2, p1.group == p2.group && p1.kind == p2.kind && p1.name == p2.name && (((!has(p1.__namespace__) || p1.__namespace__ == '') && (!has(p2.__namespace__) || p2.__namespace__ == '')) || (has(p1.__namespace__) && has(p2.__namespace__) && p1.__namespace__ == p2.__namespace__ )) && (((!has(p1.sectionName) || p1.sectionName == '') && (!has(p2.sectionName) || p2.sectionName == '')) || (has(p1.sectionName) && has(p2.sectionName) && p1.sectionName == p2.sectionName))))":
    {
      holds: (self) => sameParents(self).every(({ sections }) => differ(sections)),
      advice: 'write each parent, or each section of it, once',
    },
  'has(self.type) ? has(self.service) || has(self.method) : true': {
    holds: (self) => !isObject(self) || has(self, 'service') || has(self, 'method'),
    advice: 'write service, method or both',
  },
  '(!has(self.type) || self.type == \'Exact\') && has(self.service) ? self.service.matches(r"""^(?i)\\.?[a-z_][a-z_0-9]*(\\.[a-z_][a-z_0-9]*)*$"""): true':
    {
      holds: (self) =>
        isPattern(self) ||
        !isText(self, 'service') ||
        /^\.?[a-z_][a-z_0-9]*(\.[a-z_][a-z_0-9]*)*$/i.test(text(self, 'service')),
      advice: 'write a name such as helloworld.Greeter, or type: RegularExpression',
    },
  '(!has(self.type) || self.type == \'Exact\') && has(self.method) ? self.method.matches(r"""^[A-Za-z_][A-Za-z_0-9]*$"""): true':
    {
      holds: (self) =>
        isPattern(self) || !isText(self, 'method') || /^[A-Za-z_][A-Za-z_0-9]*$/.test(text(self, 'method')),
      advice: 'write a name such as SayHello, or type: RegularExpression',
    },
  'self.all(key, key.matches(r"""^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]$"""))':
    {
      holds: (self) => keys(self).every((key) => metadataKey.test(key)),
      advice: 'write keys such as example.com/name',
    },
  'self.all(key, key.split("/")[0].size() < 253)': {
    holds: (self) => keys(self).every((key) => (key.split('/')[0] ?? '').length < 253),
    advice: 'write shorter keys',
  },
};
