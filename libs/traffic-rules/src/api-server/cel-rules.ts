import { parseDuration } from '../fields/duration.js';
import { isObject } from '../fields/object.js';
import { type CelRule, has, keys, list, text } from './cel-reading.js';
import { gatewayCelRules } from './gateway-cel-rules.js';

const unix = 'unix://';
const portName = /^[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?$/;

const isText = (self: unknown): self is string => typeof self === 'string';
const atMostOne = (first: string, second: string): CelRule => ({
  holds: (self) => !(has(self, first) && has(self, second)),
  advice: `keep either ${first} or ${second}`,
});
const withoutWildcard: CelRule = {
  holds: (self) => !isText(self) || !self.includes('*'),
  advice: 'write the value in full, without "*"',
};

/** By the text of the rule in the CRD; a test holds the list to the CRDs, so that a new rule is noticed. */
export const celRules: Readonly<Record<string, CelRule>> = {
  ...gatewayCelRules,
  "duration(self) >= duration('1ms')": {
    holds: (self) => !isText(self) || (parseDuration(self) ?? 0) >= 1,
    advice: 'write a duration of at least 1ms, for instance 5s, or leave the field out',
  },
  '0 < self && self <= 65535': {
    holds: (self) => typeof self !== 'number' || (0 < self && self <= 65_535),
    advice: 'write a number from 1 to 65535',
  },
  'self != "*"': {
    holds: (self) => self !== '*',
    advice: 'write a name, or a wildcard such as *.example.com',
  },
  '!self.contains("*")': withoutWildcard,
  'self.all(key, !key.contains("*"))': {
    holds: (self) => keys(self).every((key) => !key.includes('*')),
    advice: 'write the labels in full, without "*"',
  },
  'self.all(key, key.size() != 0)': {
    holds: (self) => !keys(self).includes(''),
    advice: 'write the name of each label',
  },
  'self.all(key, size(key) < 63 && key.matches("^[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?$"))': {
    holds: (self) => keys(self).every((key) => key.length < 63 && portName.test(key)),
    advice: 'write names of letters, digits and "-", of at most 62 characters',
  },
  'self.all(l1, self.exists_one(l2, l1.number == l2.number))': {
    holds(self) {
      const numbers = (Array.isArray(self) ? self : []).map((port) => (isObject(port) ? port.number : port));
      return new Set(numbers).size === numbers.length;
    },
    advice: 'write each port number once',
  },
  'has(self.address) || has(self.network)': {
    holds: (self) => has(self, 'address') || has(self, 'network'),
    advice: 'write an address',
  },
  '(has(self.address) ? self.address : "").startsWith("unix://") ? !has(self.ports) : true': {
    holds: (self) => !text(self, 'address').startsWith(unix) || !has(self, 'ports'),
    advice: 'leave ports out for a unix socket',
  },
  'self.startsWith("unix://") ? (self.substring(7, 8) == "/" || self.substring(7, 8) == "@") : true': {
    holds: (self) => !isText(self) || !self.startsWith(unix) || ['/', '@'].includes(self.charAt(7)),
    advice: 'write unix:///path/to/socket, or unix://@name',
  },
  'self.startsWith("unix://") ? !self.endsWith("/") : true': {
    holds: (self) => !isText(self) || !self.startsWith(unix) || !self.endsWith('/'),
    advice: 'write the path of a socket, not of a folder',
  },
  '(has(self.workloadSelector) ? 1 : 0) + (has(self.endpoints) ? 1 : 0) <= 1': atMostOne(
    'workloadSelector',
    'endpoints',
  ),
  '!((has(self.addresses) ? self.addresses : []).exists(k, k.contains("/")) && !((has(self.resolution) ? self.resolution : "NONE") in ["STATIC", "NONE"]))':
    {
      holds: (self) =>
        ['', 'NONE', 'STATIC'].includes(text(self, 'resolution')) ||
        !list(self, 'addresses').some((address) => isText(address) && address.includes('/')),
      advice: 'write single addresses, or resolution: STATIC',
    },
  '((has(self.resolution) ? self.resolution : "NONE") == "NONE") ? !has(self.endpoints) : true': {
    holds: (self) => !['', 'NONE'].includes(text(self, 'resolution')) || !has(self, 'endpoints'),
    advice: 'write resolution: STATIC or DNS, or leave endpoints out',
  },
  '((has(self.resolution) ? self.resolution : "") == "DNS_ROUND_ROBIN") ? ((has(self.endpoints) ? self.endpoints : []).size() <= 1) : true':
    {
      holds: (self) => text(self, 'resolution') !== 'DNS_ROUND_ROBIN' || list(self, 'endpoints').length <= 1,
      advice: 'write resolution: DNS for several endpoints',
    },
  '(has(self.tlsCertificates) ? 1 : 0) + (has(self.credentialNames) ? 1 : 0) <= 1': atMostOne(
    'tlsCertificates',
    'credentialNames',
  ),
  '(has(self.credentialName) ? 1 : 0) + (has(self.credentialNames) ? 1 : 0) <= 1': atMostOne(
    'credentialName',
    'credentialNames',
  ),
  '(has(self.credentialNames) ? 1 : 0) + (has(self.tlsCertificates) ? 1 : 0) <= 1': atMostOne(
    'credentialNames',
    'tlsCertificates',
  ),
};
