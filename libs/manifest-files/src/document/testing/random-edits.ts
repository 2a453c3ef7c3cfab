import { isDeepStrictEqual } from 'node:util';
import { Random } from '@grayscale/seeded-random';
import { readYaml } from '@grayscale/traffic-rules';
import type { RuleEdit } from '../rule-edit.js';
import { documentNamed } from './edit-weights.js';
import { randomManifest, randomRule, randomRules } from './random-manifest.js';

type Fields = Record<string, unknown>;

/** What came of many documents and edits. */
export interface Tally {
  documents: number;
  edits: number;
  /** By code, edits of plain files, which have no anchors. */
  refusedPlain: Record<string, number>;
  plain: number;
  refusedShared: Record<string, number>;
  shared: number;
}

/** Edits one document for each seed. @throws when an edit does what was not asked for */
export function playRandomEdits(from: number, to: number): Tally {
  const tally: Tally = { documents: 0, edits: 0, refusedPlain: {}, plain: 0, refusedShared: {}, shared: 0 };
  for (let seed = from; seed < to; seed += 1) {
    try {
      playSeed(seed, tally);
    } catch (error) {
      throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error });
    }
  }
  return tally;
}

function playSeed(seed: number, tally: Tally): void {
  const chance = new Random(seed * 7 + 1);
  const rules = randomRules(chance);
  const sharing = chance.is(0.15);
  const text = randomManifest(seed, rules, sharing);
  if (!isDeepStrictEqual(documentNamed(text).rules, rules))
    throw new Error(`the generator wrote something else than it meant:\n${text}`);
  tally.documents += 1;
  for (const play of [playWeights, playInsertion, playRemoval, playReplacement]) {
    const codes = play({ seed, text, rules, chance, sharing });
    if (codes === undefined) continue;
    tally.edits += 1;
    if (sharing) tally.shared += 1;
    else tally.plain += 1;
    for (const code of new Set(codes)) {
      const refused = sharing ? tally.refusedShared : tally.refusedPlain;
      refused[code] = (refused[code] ?? 0) + 1;
    }
  }
}

interface Play {
  seed: number;
  text: string;
  rules: Fields[];
  chance: Random;
  sharing: boolean;
}

/** Codes of refusals, none if the edit was made; undefined where there was nothing to edit. */
type Codes = string[] | undefined;

/** Weights that are written change in place: the same seed writes the wanted weights to the wanted text. */
function playWeights({ seed, text, rules, chance, sharing }: Play): Codes {
  const rule = chance.below(rules.length);
  const route = rules[rule]?.route as Fields[];
  const weights = route.map(() => (chance.is(0.8) ? chance.below(1_000_000) : undefined));
  const wanted = JSON.parse(JSON.stringify(rules)) as Fields[];
  for (const [index, weight] of weights.entries())
    if (weight !== undefined)
      Object.assign((wanted[rule] as { route: Fields[] }).route[index] ?? {}, { weight });
  const edited = edit(text, [{ kind: 'set-weights', rule, weights }]);
  if (typeof edited !== 'string') return edited;
  expectRules(edited, wanted);
  if (!weights.some((weight, index) => weight !== undefined && route[index]?.weight === undefined)) {
    if (edited !== randomManifest(seed, wanted, sharing))
      throw new Error(`other bytes changed as well:\n${edited}`);
  }
  return [];
}

/** What is inserted can be removed, and the first bytes are back. */
function playInsertion({ text, rules, chance }: Play): Codes {
  const before = chance.below(rules.length);
  const value = randomRule(chance);
  const edited = edit(text, [{ kind: 'insert-rule', before, value }]);
  if (typeof edited !== 'string') return edited;
  expectRules(edited, rules.toSpliced(before, 0, value));
  const removed = edit(edited, [{ kind: 'remove-rule', rule: before }]);
  if (removed !== text) throw new Error(`inserted and removed is not the same:\n${JSON.stringify(removed)}`);
  return [];
}

function playRemoval({ text, rules, chance }: Play): Codes {
  if (rules.length < 2) return undefined;
  const rule = chance.below(rules.length);
  const edited = edit(text, [{ kind: 'remove-rule', rule }]);
  if (typeof edited !== 'string') return edited;
  expectRules(edited, rules.toSpliced(rule, 1));
  return [];
}

function playReplacement({ text, rules, chance }: Play): Codes {
  const rule = chance.below(rules.length);
  const value = chance.is(0.5) ? randomRule(chance) : { ...rules[rule], name: 'other', timeout: '7s' };
  const edited = edit(text, [{ kind: 'replace-rule', rule, value }]);
  if (typeof edited !== 'string') return edited;
  expectRules(edited, rules.with(rule, value));
  return [];
}

function edit(text: string, edits: readonly RuleEdit[]): string | string[] {
  const edited = documentNamed(text).edit(edits);
  return 'text' in edited ? edited.text : edited.issues.map(({ code }) => code);
}

/** Asks the reader anew, not the document that made the edit. */
function expectRules(text: string, rules: readonly Fields[]): void {
  if (readYaml(text, '').issues.length > 0) throw new Error(`not readable any more:\n${text}`);
  if (!isDeepStrictEqual(documentNamed(text).rules, rules))
    throw new Error(`other rules than wanted:\n${text}`);
}

/** For people: how many edits of how many documents, and what was refused. */
export function tallyText({ documents, edits, plain, refusedPlain, shared, refusedShared }: Tally): string {
  const share = (codes: Record<string, number>, total: number) =>
    Object.entries(codes)
      .map(([code, count]) => `${code} ${((100 * count) / total).toFixed(2)} %`)
      .join(', ') || 'none';
  return `${documents} documents, ${edits} edits; refused of ${plain} in plain files: ${share(refusedPlain, plain)}; of ${shared} in files with anchors: ${share(refusedShared, shared)}`;
}

export function refusedShare({ refusedPlain, plain }: Tally): number {
  return Object.values(refusedPlain).reduce((sum, count) => sum + count, 0) / plain;
}
