import { isIP } from 'node:net';
import { type CelRule, items } from './cel-reading.js';

const name = /^[a-z0-9]+(?:(?:-+|\.)[a-z0-9]+)*$/;

function names(self: unknown): string[] {
  return items(self).filter((one) => typeof one === 'string');
}

/** Of the host names of TLSRoutes. */
export const hostnameCelRules: Readonly<Record<string, CelRule>> = {
  'self.all(h, !isIP(h))': {
    holds: (self) => names(self).every((one) => isIP(one) === 0),
    advice: 'write a name: TLS clients do not ask for addresses',
  },
  "self.all(h, !h.contains('*') ? h.matches('^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*)$') : true)":
    {
      holds: (self) => names(self).every((one) => one.includes('*') || name.test(one)),
      advice: 'write names in lower case, such as hello.example.com',
    },
  "self.all(h, h.contains('*') ? (h.startsWith('*.') && h.substring(2).matches('^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*)$')) : true)":
    {
      holds: (self) =>
        names(self).every((one) => !one.includes('*') || (one.startsWith('*.') && name.test(one.slice(2)))),
      advice: 'write a wildcard as the first label, such as *.example.com',
    },
};
