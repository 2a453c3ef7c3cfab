import { expectGolden } from '../../../../../tools/golden/golden.js';
import { isTls, serverNameOf } from './server-name.js';
import { sniff, startsHttp2 } from './sniff.js';

/** Numbers of 1 to 3 bytes before what they tell the length of, as TLS has it. */
const counted = (width: number, ...parts: Buffer[]): Buffer => {
  const all = Buffer.concat(parts);
  const length = Buffer.alloc(width);
  length.writeUIntBE(all.length, 0, width);
  return Buffer.concat([length, all]);
};
const bytes = (...values: number[]) => Buffer.from(values);
const extension = (type: number, ...parts: Buffer[]) => Buffer.concat([bytes(0, type), counted(2, ...parts)]);
const name = (type: number, text: string) => Buffer.concat([bytes(type), counted(2, Buffer.from(text))]);

/** A ClientHello with an extension before that of the names, and a name of another type before that of the host. */
const hello = Buffer.concat([
  bytes(22, 3, 1),
  counted(
    2,
    bytes(1),
    counted(
      3,
      bytes(3, 3),
      Buffer.alloc(32, 7),
      counted(1, bytes(9, 9)),
      counted(2, bytes(0x13, 1)),
      counted(1, bytes(0)),
      counted(2, extension(16, bytes(0)), extension(0, counted(2, name(1, 'x'), name(0, 'a.b')))),
    ),
  ),
]);

const told = (value: unknown) => (value === undefined ? 'too few' : JSON.stringify(value));

function outcomes(whole: Buffer, values: readonly number[], outcomeOf: (bytes: Buffer) => unknown): string[] {
  const places = new Map<string, string[]>();
  for (let at = 0; at < whole.length; at++)
    for (const value of values) {
      const changed = Buffer.from(whole);
      changed[at] = value;
      const outcome = told(outcomeOf(changed));
      places.set(outcome, [...(places.get(outcome) ?? []), `${at} ${value}`]);
    }
  const cuts = Array.from(whole, (_, at) => told(outcomeOf(whole.subarray(0, at))));
  return [
    `${told(outcomeOf(whole))}; cut: ${cuts.join(' ')}`,
    ...[...places].map(([outcome, which]) => `  ${which.join(', ')}: ${outcome}`),
  ];
}

const golden = (file: string, lines: readonly string[]) =>
  expectGolden(new URL(`../../../test/golden/first-bytes-${file}.txt`, import.meta.url), lines);

it('a ClientHello of which any one byte is changed', () => {
  golden(
    'tls',
    outcomes(hello, [0, 1, 3, 22, 255], (all) => [serverNameOf(all), isTls(all)].map(told)),
  );
});

it('the beginning of HTTP of which any one character is changed', () => {
  const beginnings = [
    'GET /a HTTP/1.1\r\n',
    '\r\n\nPOST /?b HTTP/1.1\nx',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nx',
    'GET ?',
  ];
  const values = Array.from('\0\t\n\r !19?AHg\x7f\xa0', (character) => character.charCodeAt(0));
  golden(
    'http',
    beginnings.flatMap((text) =>
      outcomes(Buffer.from(text, 'latin1'), values, (all) => [sniff(all), startsHttp2(all)].map(told)),
    ),
  );
});

it('what is looked at no further', () => {
  const long = (length: number) => Buffer.from(`GET /${'a'.repeat(length - 5)}`);
  const endless = (length: number) =>
    Buffer.concat([bytes(22, 3, 1, 255, 255, 1, 255, 255, 255), Buffer.alloc(length - 9)]);
  expect([65_535, 65_536, 65_537].map((length) => sniff(long(length)))).toEqual([
    undefined,
    'other',
    'other',
  ]);
  expect([65_535, 65_536, 65_537].map((length) => serverNameOf(endless(length)))).toEqual([
    undefined,
    undefined,
    null,
  ]);
});
