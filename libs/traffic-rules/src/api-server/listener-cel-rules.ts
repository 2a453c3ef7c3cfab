import { isIP } from 'node:net';
import { isObject } from '../fields/object.js';
import { type CelRule, differ, has, items, keys, list, number, text } from './cel-reading.js';

const hostname = /^(?:\*\.)?[a-z0-9]+(?:(?:-+|\.)[a-z0-9]+)*$/;

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

const distinctListeners: CelRule = {
  holds: (self) =>
    differ(
      items(self).map((one) =>
        JSON.stringify([number(one, 'port', 0), text(one, 'protocol'), text(one, 'hostname')]),
      ),
    ),
  advice: 'write another hostname for each listener of one port and protocol',
};

/** Of Gateways and ListenerSets: their addresses, listeners and certificates. */
export const listenerCelRules: Readonly<Record<string, CelRule>> = {
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
  'self.all(l1, !has(l1.port) || self.exists_one(l2, has(l2.port) && l1.port == l2.port && l1.protocol == l2.protocol && (has(l1.hostname) && has(l2.hostname) ? l1.hostname == l2.hostname : !has(l1.hostname) && !has(l2.hostname))))':
    distinctListeners,
  'self.all(l1, self.exists_one(l2, l1.port == l2.port && l1.protocol == l2.protocol && (has(l1.hostname) && has(l2.hostname) ? l1.hostname == l2.hostname : !has(l1.hostname) && !has(l2.hostname))))':
    distinctListeners,
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
