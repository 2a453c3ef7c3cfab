import { isObject } from '../parse/decode.js';
import { parseDuration } from '../parse/duration.js';

/** Our own reading of one rule that a CRD states in CEL. */
interface CelRule {
  /** Whether the rule holds; a value of another type than the rule is for is somebody else's problem. */
  holds(self: unknown): boolean;
  /** What to write instead. */
  advice: string;
}

const unix = 'unix://';
const portName = /^[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?$/;

function has(self: unknown, field: string): boolean {
  return isObject(self) && self[field] !== undefined && self[field] !== null;
}

/** The value of a field as a text; empty where it is not one. */
function text(self: unknown, field: string): string {
  const value = isObject(self) ? self[field] : undefined;
  return typeof value === 'string' ? value : '';
}

function list(self: unknown, field: string): readonly unknown[] {
  const value = isObject(self) ? self[field] : undefined;
  return Array.isArray(value) ? value : [];
}

function keys(self: unknown): readonly string[] {
  return isObject(self) ? Object.keys(self) : [];
}

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
