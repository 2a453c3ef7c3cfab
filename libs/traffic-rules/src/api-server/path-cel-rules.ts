import { type CelRule, isPattern, neededByType, onlyWithType, text } from './cel-reading.js';

const plainPath = /^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|%[0-9a-fA-F]{2})+$/;

/** The path of a match, with the API server's default. */
function pathOf(self: unknown): string {
  return text(self, 'value') || '/';
}

/** What a path may not contain unless its match is a regular expression. */
function ruleOfPathWithout(part: string): [string, CelRule] {
  return [
    `(self.type in ['Exact','PathPrefix']) ? !self.value.contains('${part}') : true`,
    {
      holds: (self) => isPattern(self) || !pathOf(self).includes(part),
      advice: `write the path without ${part}`,
    },
  ];
}

function ruleOfPathNotEndingIn(end: string): [string, CelRule] {
  return [
    `(self.type in ['Exact','PathPrefix']) ? !self.value.endsWith('${end}') : true`,
    {
      holds: (self) => isPattern(self) || !pathOf(self).endsWith(end),
      advice: `write the path without ${end} at its end`,
    },
  ];
}

/** Of paths: what a match compares, and what a filter writes in their place. */
export const pathCelRules: Readonly<Record<string, CelRule>> = {
  ...Object.fromEntries(['//', '/./', '/../', '%2f', '%2F', '#'].map(ruleOfPathWithout)),
  ...Object.fromEntries(['/..', '/.'].map(ruleOfPathNotEndingIn)),
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
  '(self.type in [\'Exact\',\'PathPrefix\']) ? self.value.matches(r"""^(?:[-A-Za-z0-9/._~!$&\'()*+,;=:@]|[%][0-9a-fA-F]{2})+$""") : true':
    {
      holds: (self) => isPattern(self) || plainPath.test(pathOf(self)),
      advice: 'write the path with its special characters escaped, as %20',
    },
  "self.type in ['Exact','PathPrefix'] || self.type == 'RegularExpression'": {
    holds: (self) => ['', 'Exact', 'PathPrefix', 'RegularExpression'].includes(text(self, 'type')),
    advice: 'write type: Exact, PathPrefix or RegularExpression',
  },
};
