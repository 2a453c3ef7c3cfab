import { percentDecode } from '../field-value.js';

/** One member of a `baggage` header (W3C Baggage): its key, and all of it as it was written. */
export interface BaggageMember {
  readonly key: string;
  readonly text: string;
}

/** The members in order, the malformed left out. */
export function parseBaggage(header: string): BaggageMember[] {
  const members: BaggageMember[] = [];
  for (const part of header.split(',')) {
    const text = part.trim();
    const equals = text.indexOf('=');
    if (equals > 0) members.push({ key: text.slice(0, equals).trim(), text });
  }
  return members;
}

/** The value of a member as bytes: percent-decoded, without its properties. */
export function memberValue(member: BaggageMember): string {
  const value = member.text.slice(member.text.indexOf('=') + 1);
  const semicolon = value.indexOf(';');
  return percentDecode((semicolon === -1 ? value : value.slice(0, semicolon)).trim());
}

/** What W3C Baggage lets a value hold as it is: visible ASCII without `"`, `,`, `;`, `\` and, for us, `%`. */
const NOT_A_BAGGAGE_OCTET = /[^\x21\x23\x24\x26-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]/g;

/** A member that carries these bytes. */
export function formatMember(key: string, bytes: string): string {
  const value = bytes.replace(
    NOT_A_BAGGAGE_OCTET,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
  return `${key}=${value}`;
}

/** The header with the members added whose keys it does not have, and those keys: nothing that it holds is lost or replaced. */
export function mergeBaggage(
  header: string,
  members: Readonly<Record<string, string>>,
): { text: string; added: string[] } {
  const present = new Set(parseBaggage(header).map((member) => member.key));
  const added = Object.keys(members).filter((key) => !present.has(key));
  const texts = added.map((key) => members[key] as string);
  return { text: [...(header.trim() === '' ? [] : [header]), ...texts].join(','), added };
}

/** The header without the members of these keys. */
export function withoutMembers(header: string, keys: readonly string[]): string {
  const kept = parseBaggage(header).filter((member) => !keys.includes(member.key));
  return kept.map((member) => member.text).join(',');
}

/** The members of a header by their keys, each as it was written. */
export function membersOf(header: string): Record<string, string> {
  return Object.fromEntries(parseBaggage(header).map(({ key, text }) => [key, text]));
}
