import { Random } from '@grayscale/seeded-random';

type Fields = Record<string, unknown>;

const texts = [
  'hello.a.svc.cluster.local',
  'b.x',
  'yes',
  'n',
  '010',
  '1e3',
  '~',
  '',
  ' blank ',
  "it's",
  '"quoted"',
  'a: b',
  '# no comment',
  '- no item',
  '{{ no template }}',
  '^(.*;)?user=(a|b)\\d+$',
  '权重 😀',
  '/path/*',
  '*',
  '&x',
  '!tag',
  '%REQ(X-REQUEST-ID)%',
  '2026-01-01',
  '<<',
  'null',
  'line\nbreak',
];

/** The rules of a VirtualService, in all ways that matter to an editor of text. */
export function randomRules(chance: Random): Fields[] {
  return Array.from({ length: 1 + chance.below(4) }, () => randomRule(chance));
}

export function randomRule(chance: Random): Fields {
  const rule: Fields = {};
  if (chance.is(0.4)) rule.name = chance.one(texts) || 'main';
  if (chance.is(0.5))
    rule.match = [
      { headers: { [chance.one(['user', 'x-a'])]: { [chance.one(['exact', 'regex'])]: chance.one(texts) } } },
    ];
  if (chance.is(0.3)) rule.timeout = '5s';
  if (chance.is(0.3))
    rule.headers = { request: { set: { x: chance.one(texts) }, remove: [chance.one(texts)] } };
  rule.route = Array.from({ length: 1 + chance.below(3) }, () => randomDestination(chance));
  if (chance.is(0.3)) rule.retries = { attempts: chance.below(5), retryOn: '5xx' };
  return shuffled(rule, chance);
}

function randomDestination(chance: Random): Fields {
  const destination: Fields = { host: chance.one(texts.slice(0, 2)) };
  if (chance.is(0.4)) destination.port = { number: 1 + chance.below(65_535) };
  if (chance.is(0.3)) destination.subset = chance.one(texts) || 'v1';
  const entry: Fields = { destination: shuffled(destination, chance) };
  if (chance.is(0.8)) entry.weight = chance.below(101);
  if (chance.is(0.2)) entry.headers = { response: { add: { y: chance.one(texts) } } };
  return shuffled(entry, chance);
}

function shuffled(fields: Fields, chance: Random): Fields {
  const entries = Object.entries(fields);
  for (let last = entries.length - 1; last > 0; last -= 1) {
    const other = chance.below(last + 1);
    [entries[last], entries[other]] = [
      entries[other] as [string, unknown],
      entries[last] as [string, unknown],
    ];
  }
  return Object.fromEntries(entries);
}

/**
 * Writes a value as YAML as a person might: block or flow, any quotes, comments, blank lines, indentation, order of words. The
 * same chance writes two values that differ in numbers alone in the same way, so that one is the other with other numbers.
 */
export class RandomWriter {
  constructor(
    private readonly chance: Random,
    private readonly lineBreak: string,
    /** Whether it may write what an edit has to refuse: anchors on what is edited. */
    private readonly sharing: boolean,
  ) {}

  /** The lines of a mapping or list at an indentation. */
  block(value: unknown, column: number): string[] {
    const lines = Array.isArray(value)
      ? value.flatMap((item) => this.item(item, column))
      : Object.entries(value as Fields).flatMap(([key, item]) => this.field(key, item, column));
    return lines;
  }

  document(value: Fields): string {
    const lines = this.chance.is(0.1) ? [this.flow(value)] : this.block(value, 0);
    return lines.join(this.lineBreak);
  }

  private field(key: string, value: unknown, column: number): string[] {
    const start = `${' '.repeat(column)}${this.key(key)}:`;
    const above = this.between(column);
    if (!isFilled(value) || this.chance.is(key === 'spec' || key === 'http' ? 0.1 : 0.3))
      return [
        ...above,
        `${start}${this.blank()}${this.property(key, value)}${this.flow(value)}${this.comment()}`,
      ];
    const further = Array.isArray(value) ? this.chance.one([0, 0, 2, 1, 4]) : 1 + this.chance.below(5);
    return [...above, `${start}${this.comment()}`, ...this.block(value, column + further)];
  }

  private item(value: unknown, column: number): string[] {
    const dash = `${' '.repeat(column)}-`;
    const above = this.between(column);
    if (!isFilled(value) || this.chance.is(0.3))
      return [...above, `${dash}${this.blank()}${this.flow(value)}${this.comment()}`];
    const width = 1 + this.chance.below(3);
    if (this.chance.is(0.1))
      return [...above, `${dash}${this.comment()}`, ...this.block(value, column + 1 + width)];
    const [first = '', ...rest] = this.block(value, column + 1 + width).filter(
      (line, index) => index > 0 || isContent(line),
    );
    if (!isContent(first)) return [...above, dash, first, ...rest];
    return [...above, dash + ' '.repeat(width) + first.trimStart(), ...rest];
  }

  private flow(value: unknown): string {
    if (typeof value === 'string') return this.text(value);
    if (typeof value !== 'object' || value === null) return String(value);
    const items = Array.isArray(value)
      ? value.map((item) => this.flow(item))
      : Object.entries(value).map(([key, item]) => `${this.key(key)}: ${this.flow(item)}`);
    const pad = this.chance.is(0.2) ? ' ' : '';
    const trailing = this.chance.is(0.1) && items.length > 0 ? ',' : '';
    const inner = pad + items.join(this.chance.is(0.2) ? ' ,  ' : ', ') + trailing + pad;
    return Array.isArray(value) ? `[${inner}]` : `{${inner}}`;
  }

  private text(value: string): string {
    const isPlain =
      /^[a-z]{2,}(\.[a-z-]+)*$/i.test(value) && !/^(yes|no|null|on|off|true|false|y|n)$/i.test(value);
    const way = this.chance.next();
    if (isPlain && way < 0.6) return value;
    if (way < 0.8 && !/[\n]/.test(value)) return `'${value.replaceAll("'", "''")}'`;
    return JSON.stringify(value);
  }

  private key(key: string): string {
    const quote = this.chance.next();
    if (quote < 0.05) return `"${key}"`;
    return quote < 0.1 || /^(y|n)$/.test(key) ? `'${key}'` : key;
  }

  /** An anchor or a tag before a value. */
  private property(key: string, value: unknown): string {
    if (typeof value === 'number' && this.chance.is(0.02)) return '!!int ';
    return this.sharing && this.chance.is(0.2) ? `&${key}${this.chance.below(1000)} ` : '';
  }

  private blank(): string {
    return this.chance.is(0.1) ? '   ' : ' ';
  }

  private comment(): string {
    if (this.chance.is(0.85)) return this.chance.is(0.05) ? '  ' : '';
    return ` # ${this.chance.one(['weight: 1', '{ [ " ', "it's", '权重', '---', '- route:'])}`;
  }

  private between(column: number): string[] {
    if (this.chance.is(0.93)) return [];
    return [this.chance.one(['', '  ', `${' '.repeat(column)}# above`, '# at the margin'])];
  }
}

function isFilled(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

function isContent(line: string): boolean {
  return !/^\s*(?:#|$)/.test(line);
}

/** A whole file around rules: other documents, Lists, JSON, line breaks, byte order marks, all settled by the seed. */
export function randomManifest(seed: number, rules: Fields[], sharing = false): string {
  const chance = new Random(seed);
  const lineBreak = chance.is(0.2) ? '\r\n' : '\n';
  const writer = new RandomWriter(chance, lineBreak, sharing);
  const object = shuffled(
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { name: 'hello', ...(chance.is(0.5) && { labels: { a: chance.one(texts) } }) },
      spec: shuffled(
        { hosts: ['hello.com'], http: rules, ...(chance.is(0.3) && { gateways: ['mesh'] }) },
        chance,
      ),
    },
    chance,
  );
  if (chance.is(0.1)) return JSON.stringify(object, null, chance.one([0, 2, 4, '\t']));
  const isListed = chance.is(0.15);
  const whole = isListed ? { apiVersion: 'v1', kind: 'List', items: [{ kind: 'Service' }, object] } : object;
  const others = () =>
    chance.is(0.2) ? [`kind: Other${lineBreak}text: |${lineBreak}  weight: 1${lineBreak}`] : [];
  const documents = [...others(), `${writer.document(whole)}${lineBreak}`, ...others()];
  const start = (chance.is(0.1) ? '\uFEFF' : '') + (chance.is(0.2) ? `---${lineBreak}` : '');
  const text = start + documents.join(`---${chance.is(0.3) ? ' # next' : ''}${lineBreak}`);
  return chance.is(0.2) ? text.trimEnd() : text;
}
