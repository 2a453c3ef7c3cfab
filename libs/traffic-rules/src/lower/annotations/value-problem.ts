import { quote } from '../../fields/describe.js';
import { isCidr } from '../../validate/address.js';
import type { ValueForm } from './known-annotations.js';

/** What is wrong with the value of an annotation, with what to write instead; undefined: nothing. */
export function valueProblem(value: string, form: ValueForm): string | undefined {
  const { isGood, example } = checks[form];
  return isGood(value) ? undefined : `${quote(value)}; write ${example}`;
}

interface Check {
  isGood(value: string): boolean;
  example: string;
}

const checks: Readonly<Record<ValueForm, Check>> = {
  boolean: {
    isGood: (value) =>
      ['1', 't', 'T', 'TRUE', 'true', 'True', '0', 'f', 'F', 'FALSE', 'false', 'False'].includes(value),
    example: '"true" or "false"',
  },
  'whole-number': {
    isGood: (value) => isUpTo(value, 2 ** 32 - 1),
    example: 'a whole number in quotes, for instance "10"',
  },
  port: { isGood: (value) => isUpTo(value, 65_535), example: 'a port in quotes, for instance "15021"' },
  ports: { isGood: isPortList, example: 'ports in quotes, for instance "8080,9090", or "*"' },
  subnets: {
    isGood: isSubnetList,
    example: 'address blocks, for instance "10.0.0.0/8,192.168.0.0/16", or "*"',
  },
  'interception-mode': {
    isGood: (value) => ['REDIRECT', 'TPROXY', 'NONE'].includes(value),
    example: 'REDIRECT, TPROXY or NONE',
  },
};

function isUpTo(value: string, limit: number): boolean {
  return /^\d+$/.test(value) && Number(value) <= limit;
}

function isPortList(value: string): boolean {
  return value === '*' || itemsOf(value).every((port) => isUpTo(port, 65_535));
}

function isSubnetList(value: string): boolean {
  return value === '*' || itemsOf(value).every(isCidr);
}

/** Of a list with commas; the empty text has none. */
function itemsOf(value: string): string[] {
  return value.trim() === '' ? [] : value.split(',').map((item) => item.trim());
}
