import { isIP } from 'node:net';
import { parseDuration } from '../fields/duration.js';
import { isObject } from '../fields/object.js';
import { type CelRule, has, keys, list, text } from './cel-reading.js';

const plainPath = /^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|%[0-9a-fA-F]{2})+$/;
const hostname = /^(?:\*\.)?[a-z0-9]+(?:(?:-+|\.)[a-z0-9]+)*$/;
const metadataKey =
  /^(?:[a-z0-9]+(?:(?:-+|\.)[a-z0-9]+)*\/)?(?:[A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]$/;

function items(self: unknown): readonly unknown[] {
  return Array.isArray(self) ? self : [];
}

function isText(self: unknown, field: string): boolean {
  return isObject(self) && typeof self[field] === 'string';
}

function number(self: unknown, field: string, usual: number): number {
  const value = isObject(self) ? self[field] : undefined;
  return typeof value === 'number' ? value : usual;
}

function milliseconds(self: unknown, field: string): number {
  return parseDuration(text(self, field)) ?? 0;
}

/** A field that belongs to a type alone. */
function onlyWithType(field: string, type: string): CelRule['holds'] {
  return (self) => !has(self, field) || text(self, 'type') === type;
}

/** A field that a type needs. */
function neededByType(field: string, type: string): CelRule['holds'] {
  return (self) => has(self, field) || text(self, 'type') !== type;
}

/** The items of a list that have a type. */
function ofType(self: unknown, type: string): unknown[] {
  return items(self).filter((item) => text(item, 'type') === type);
}

/** Whether a match is by regular expression, for which the rules of plain texts do not count. */
function isPattern(self: unknown): boolean {
  return text(self, 'type') === 'RegularExpression';
}

/** The path of a match, with the API server's default. */
function pathOf(self: unknown): string {
  return text(self, 'value') || '/';
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

function addressType(self: unknown): string {
  return isObject(self) ? text(self, 'type') || 'IPAddress' : '';
}

function addresses(self: unknown, type: string): string[] {
  return items(self)
    .filter((one) => addressType(one) === type && has(one, 'value'))
    .map((one) => text(one, 'value'));
}

function listeners(self: unknown, protocols: readonly string[]): unknown[] {
  return items(self).filter((one) => protocols.includes(text(one, 'protocol')));
}

function tlsMode(listener: unknown): string {
  return text(isObject(listener) ? listener.tls : undefined, 'mode');
}

function differ(values: readonly string[]): boolean {
  return new Set(values).size === values.length;
}

/** Whether a text ends in a slash behind a letter or digit, and then in what the pattern allows. */
function endsInPath(text: string, allowed: (character: string) => boolean): boolean {
  let slash = false;
  for (let at = text.length - 1; at > 0; at--) {
    const character = text.charAt(at);
    if (character === '/' && at < text.length - 1 && /[a-z0-9]/.test(text.charAt(at - 1))) slash = true;
    if (slash) return true;
    if (!allowed(character)) return false;
  }
  return false;
}

/** Those of the Gateway API's CRDs, as the API server reads a document with its defaults filled in. */
export const gatewayCelRules: Readonly<Record<string, CelRule>> = {
  "!(has(self.cors) && self.type != 'CORS')": {
    holds: onlyWithType('cors', 'CORS'),
    advice: 'write type: CORS, or leave cors out',
  },
  "!(!has(self.cors) && self.type == 'CORS')": {
    holds: neededByType('cors', 'CORS'),
    advice: 'write cors with what the filter is to do',
  },
  "!(has(self.requestHeaderModifier) && self.type != 'RequestHeaderModifier')": {
    holds: onlyWithType('requestHeaderModifier', 'RequestHeaderModifier'),
    advice: 'write type: RequestHeaderModifier, or leave requestHeaderModifier out',
  },
  "!(!has(self.requestHeaderModifier) && self.type == 'RequestHeaderModifier')": {
    holds: neededByType('requestHeaderModifier', 'RequestHeaderModifier'),
    advice: 'write requestHeaderModifier with what the filter is to do',
  },
  "!(has(self.responseHeaderModifier) && self.type != 'ResponseHeaderModifier')": {
    holds: onlyWithType('responseHeaderModifier', 'ResponseHeaderModifier'),
    advice: 'write type: ResponseHeaderModifier, or leave responseHeaderModifier out',
  },
  "!(!has(self.responseHeaderModifier) && self.type == 'ResponseHeaderModifier')": {
    holds: neededByType('responseHeaderModifier', 'ResponseHeaderModifier'),
    advice: 'write responseHeaderModifier with what the filter is to do',
  },
  "!(has(self.requestMirror) && self.type != 'RequestMirror')": {
    holds: onlyWithType('requestMirror', 'RequestMirror'),
    advice: 'write type: RequestMirror, or leave requestMirror out',
  },
  "!(!has(self.requestMirror) && self.type == 'RequestMirror')": {
    holds: neededByType('requestMirror', 'RequestMirror'),
    advice: 'write requestMirror with what the filter is to do',
  },
  "!(has(self.requestRedirect) && self.type != 'RequestRedirect')": {
    holds: onlyWithType('requestRedirect', 'RequestRedirect'),
    advice: 'write type: RequestRedirect, or leave requestRedirect out',
  },
  "!(!has(self.requestRedirect) && self.type == 'RequestRedirect')": {
    holds: neededByType('requestRedirect', 'RequestRedirect'),
    advice: 'write requestRedirect with what the filter is to do',
  },
  "!(has(self.urlRewrite) && self.type != 'URLRewrite')": {
    holds: onlyWithType('urlRewrite', 'URLRewrite'),
    advice: 'write type: URLRewrite, or leave urlRewrite out',
  },
  "!(!has(self.urlRewrite) && self.type == 'URLRewrite')": {
    holds: neededByType('urlRewrite', 'URLRewrite'),
    advice: 'write urlRewrite with what the filter is to do',
  },
  "!(has(self.extensionRef) && self.type != 'ExtensionRef')": {
    holds: onlyWithType('extensionRef', 'ExtensionRef'),
    advice: 'write type: ExtensionRef, or leave extensionRef out',
  },
  "!(!has(self.extensionRef) && self.type == 'ExtensionRef')": {
    holds: neededByType('extensionRef', 'ExtensionRef'),
    advice: 'write extensionRef with what the filter is to do',
  },
  "self.filter(f, f.type == 'CORS').size() <= 1": {
    holds: (self) => ofType(self, 'CORS').length <= 1,
    advice: 'keep one filter of the type CORS',
  },
  "self.filter(f, f.type == 'RequestHeaderModifier').size() <= 1": {
    holds: (self) => ofType(self, 'RequestHeaderModifier').length <= 1,
    advice: 'keep one filter of the type RequestHeaderModifier',
  },
  "self.filter(f, f.type == 'ResponseHeaderModifier').size() <= 1": {
    holds: (self) => ofType(self, 'ResponseHeaderModifier').length <= 1,
    advice: 'keep one filter of the type ResponseHeaderModifier',
  },
  "self.filter(f, f.type == 'RequestRedirect').size() <= 1": {
    holds: (self) => ofType(self, 'RequestRedirect').length <= 1,
    advice: 'keep one filter of the type RequestRedirect',
  },
  "self.filter(f, f.type == 'URLRewrite').size() <= 1": {
    holds: (self) => ofType(self, 'URLRewrite').length <= 1,
    advice: 'keep one filter of the type URLRewrite',
  },
  "!(self.exists(f, f.type == 'RequestRedirect') && self.exists(f, f.type == 'URLRewrite'))": {
    holds: (self) => ofType(self, 'RequestRedirect').length === 0 || ofType(self, 'URLRewrite').length === 0,
    advice: 'keep either the redirect or the rewrite',
  },
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
  "self.type == 'ReplaceFullPath' ? has(self.replaceFullPath) : true": {
    holds: neededByType('replaceFullPath', 'ReplaceFullPath'),
    advice: 'write replaceFullPath',
  },
  "has(self.replaceFullPath) ? self.type == 'ReplaceFullPath' : true": {
    holds: onlyWithType('replaceFullPath', 'ReplaceFullPath'),
    advice: 'write type: ReplaceFullPath',
  },
  "self.type == 'ReplacePrefixMatch' ? has(self.replacePrefixMatch) : true": {
    holds: neededByType('replacePrefixMatch', 'ReplacePrefixMatch'),
    advice: 'write replacePrefixMatch',
  },
  "has(self.replacePrefixMatch) ? self.type == 'ReplacePrefixMatch' : true": {
    holds: onlyWithType('replacePrefixMatch', 'ReplacePrefixMatch'),
    advice: 'write type: ReplacePrefixMatch',
  },
  "(self.type in ['Exact','PathPrefix']) ? self.value.startsWith('/') : true": {
    holds: (self) => isPattern(self) || pathOf(self).startsWith('/'),
    advice: 'write a path that begins with a slash',
  },
  "(self.type in ['Exact','PathPrefix']) ? !self.value.contains('//') : true": {
    holds: (self) => isPattern(self) || !pathOf(self).includes('//'),
    advice: 'write the path without //',
  },
  "(self.type in ['Exact','PathPrefix']) ? !self.value.contains('/./') : true": {
    holds: (self) => isPattern(self) || !pathOf(self).includes('/./'),
    advice: 'write the path without /./',
  },
  "(self.type in ['Exact','PathPrefix']) ? !self.value.contains('/../') : true": {
    holds: (self) => isPattern(self) || !pathOf(self).includes('/../'),
    advice: 'write the path without /../',
  },
  "(self.type in ['Exact','PathPrefix']) ? !self.value.contains('%2f') : true": {
    holds: (self) => isPattern(self) || !pathOf(self).includes('%2f'),
    advice: 'write the path without %2f',
  },
  "(self.type in ['Exact','PathPrefix']) ? !self.value.contains('%2F') : true": {
    holds: (self) => isPattern(self) || !pathOf(self).includes('%2F'),
    advice: 'write the path without %2F',
  },
  "(self.type in ['Exact','PathPrefix']) ? !self.value.contains('#') : true": {
    holds: (self) => isPattern(self) || !pathOf(self).includes('#'),
    advice: 'write the path without #',
  },
  "(self.type in ['Exact','PathPrefix']) ? !self.value.endsWith('/..') : true": {
    holds: (self) => isPattern(self) || !pathOf(self).endsWith('/..'),
    advice: 'write the path without /.. at its end',
  },
  "(self.type in ['Exact','PathPrefix']) ? !self.value.endsWith('/.') : true": {
    holds: (self) => isPattern(self) || !pathOf(self).endsWith('/.'),
    advice: 'write the path without /. at its end',
  },
  '(self.type in [\'Exact\',\'PathPrefix\']) ? self.value.matches(r"""^(?:[-A-Za-z0-9/._~!$&\'()*+,;=:@]|[%][0-9a-fA-F]{2})+$""") : true':
    {
      holds: (self) => isPattern(self) || plainPath.test(pathOf(self)),
      advice: 'write the path with its special characters escaped, as %20',
    },
  "self.type in ['Exact','PathPrefix'] || self.type == 'RegularExpression'": {
    holds: (self) => ['', 'Exact', 'PathPrefix', 'RegularExpression'].includes(text(self, 'type')),
    advice: 'write type: Exact, PathPrefix or RegularExpression',
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
  "self.all(a1, a1.type == 'IPAddress' && has(a1.value) ? self.exists_one(a2, a2.type == a1.type && has(a2.value) && a2.value == a1.value) : true )":
    {
      holds: (self) => differ(addresses(self, 'IPAddress')),
      advice: 'write each address once',
    },
  "self.all(a1, a1.type == 'Hostname'  && has(a1.value) ? self.exists_one(a2, a2.type == a1.type && has(a2.value) && a2.value == a1.value) : true )":
    {
      holds: (self) => differ(addresses(self, 'Hostname')),
      advice: 'write each address once',
    },
  'self.type == \'Hostname\' ? (!has(self.value) || self.value.matches(r"""^(\\*\\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$""")): true':
    {
      holds: (self) =>
        addressType(self) !== 'Hostname' || text(self, 'value') === '' || hostname.test(text(self, 'value')),
      advice: 'write the name of a host in lower case',
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
  "self.all(l, l.protocol in ['HTTP', 'TCP', 'UDP'] ? !has(l.tls) : true)": {
    holds: (self) => listeners(self, ['HTTP', 'TCP', 'UDP']).every((one) => !has(one, 'tls')),
    advice: 'leave tls out, or write protocol: HTTPS or TLS',
  },
  "self.all(l, (l.protocol == 'HTTPS' && has(l.tls)) ? (l.tls.mode == '' || l.tls.mode == 'Terminate') : true)":
    {
      holds: (self) => listeners(self, ['HTTPS']).every((one) => ['', 'Terminate'].includes(tlsMode(one))),
      advice: 'write mode: Terminate, or protocol: TLS',
    },
  "self.all(l, (l.protocol == 'TLS' ? has(l.tls) && has(l.tls.mode) && l.tls.mode != '' : true))": {
    holds: (self) => listeners(self, ['TLS']).every((one) => has(one, 'tls')),
    advice: 'write tls with its mode',
  },
  "self.all(l, l.protocol in ['TCP', 'UDP']  ? (!has(l.hostname) || l.hostname == '') : true)": {
    holds: (self) => listeners(self, ['TCP', 'UDP']).every((one) => text(one, 'hostname') === ''),
    advice: 'leave hostname out',
  },
  'self.all(l1, self.exists_one(l2, l1.name == l2.name))': {
    holds: (self) => differ(items(self).map((one) => text(one, 'name'))),
    advice: 'write another name for each listener',
  },
  'self.all(l1, self.exists_one(l2, l1.port == l2.port && l1.protocol == l2.protocol && (has(l1.hostname) && has(l2.hostname) ? l1.hostname == l2.hostname : !has(l1.hostname) && !has(l2.hostname))))':
    {
      holds: (self) =>
        differ(
          items(self).map((one) =>
            JSON.stringify([number(one, 'port', 0), text(one, 'protocol'), text(one, 'hostname')]),
          ),
        ),
      advice: 'write another hostname for each listener of one port and protocol',
    },
  "self.mode == 'Terminate' ? size(self.certificateRefs) > 0 || size(self.options) > 0 : true": {
    holds: (self) =>
      !isObject(self) ||
      text(self, 'mode') === 'Passthrough' ||
      list(self, 'certificateRefs').length > 0 ||
      keys(self.options).length > 0,
    advice: 'write certificateRefs',
  },
  'self.all(t1, self.exists_one(t2, t1.port == t2.port))': {
    holds: (self) => differ(items(self).map((one) => String(number(one, 'port', 0)))),
    advice: 'write each port once',
  },
  "self.type == 'IPAddress' ? isIP(self.value) : true": {
    holds: (self) =>
      addressType(self) !== 'IPAddress' || text(self, 'value') === '' || isIP(text(self, 'value')) !== 0,
    advice: 'write an IP address, or type: Hostname',
  },
  "self matches ^Hostname|IPAddress|NamedAddress|[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\\/[A-Za-z0-9\\/\\-._~%!$&'()*+,;=:]+$":
    {
      holds: (self) =>
        typeof self !== 'string' ||
        self.startsWith('Hostname') ||
        self.includes('IPAddress') ||
        self.includes('NamedAddress') ||
        endsInPath(self, (character) => /[A-Za-z0-9/\-._~%!$&'()*+,;=:]/.test(character)),
      advice: 'write IPAddress, Hostname or NamedAddress',
    },
  'self matches ^[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?$|[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\\/[A-Za-z0-9]+$':
    {
      holds: (self) =>
        typeof self !== 'string' ||
        /^[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?$/.test(self) ||
        endsInPath(self, (character) => /[A-Za-z0-9]/.test(character)),
      advice: 'write HTTP, HTTPS, TLS, TCP or UDP',
    },
};
