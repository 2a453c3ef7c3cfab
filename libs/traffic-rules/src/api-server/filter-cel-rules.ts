import { type CelRule, items, neededByType, onlyWithType, text } from './cel-reading.js';

/** The fields of a filter, each for one type. */
const filterTypes = {
  cors: 'CORS',
  requestHeaderModifier: 'RequestHeaderModifier',
  responseHeaderModifier: 'ResponseHeaderModifier',
  requestMirror: 'RequestMirror',
  requestRedirect: 'RequestRedirect',
  urlRewrite: 'URLRewrite',
  extensionRef: 'ExtensionRef',
} as const;

/** The types of which a rule has one filter at most. */
const singleTypes = [
  filterTypes.cors,
  filterTypes.requestHeaderModifier,
  filterTypes.responseHeaderModifier,
  filterTypes.requestRedirect,
  filterTypes.urlRewrite,
];

function rulesOfFilterType([field, type]: [string, string]): Array<[string, CelRule]> {
  return [
    [
      `!(has(self.${field}) && self.type != '${type}')`,
      { holds: onlyWithType(field, type), advice: `write type: ${type}, or leave ${field} out` },
    ],
    [
      `!(!has(self.${field}) && self.type == '${type}')`,
      { holds: neededByType(field, type), advice: `write ${field} with what the filter is to do` },
    ],
  ];
}

function ruleOfSingleType(type: string): [string, CelRule] {
  return [
    `self.filter(f, f.type == '${type}').size() <= 1`,
    { holds: (self) => ofType(self, type).length <= 1, advice: `keep one filter of the type ${type}` },
  ];
}

/** The items of a list that have a type. */
function ofType(self: unknown, type: string): unknown[] {
  return items(self).filter((item) => text(item, 'type') === type);
}

/** Of the filters of a route: one type each, and which of them go together. */
export const filterCelRules: Readonly<Record<string, CelRule>> = {
  ...Object.fromEntries(Object.entries(filterTypes).flatMap(rulesOfFilterType)),
  ...Object.fromEntries(singleTypes.map(ruleOfSingleType)),
  "!(self.exists(f, f.type == 'RequestRedirect') && self.exists(f, f.type == 'URLRewrite'))": {
    holds: (self) => ofType(self, 'RequestRedirect').length === 0 || ofType(self, 'URLRewrite').length === 0,
    advice: 'keep either the redirect or the rewrite',
  },
};
