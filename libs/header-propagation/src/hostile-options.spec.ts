import { propagateWithAxios } from './clients/axios.js';
import { propagatingFetch } from './clients/fetch.js';
import { propagateNodeHttp } from './clients/node-http.js';
import { propagationInterceptor } from './clients/undici.js';
import { bucketOf, HeaderPropagation } from './index.js';
import { fromManifests } from './manifests/index.js';
import { HeaderPropagationModule } from './nest/index.js';
import { coreOptions } from './nest/options.js';
import { captureFastify, captureMiddleware } from './server/index.js';

// Whatever stands where an option or an argument does: it is taken, or refused in our own words with the place and what to
// write. Nothing else is thrown, and nothing that could never work waits for the first request.

const thrower = (): never => {
  throw new TypeError('a trap');
};

function revoked<T extends object>(target: T): T {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

const circle: Record<string, unknown> = {};
circle.itself = circle;

/** Values of every kind, by what a failure calls them. */
const VALUES: Readonly<Record<string, unknown>> = {
  undefined: undefined,
  null: null,
  zero: 0,
  NaN: Number.NaN,
  infinite: Number.POSITIVE_INFINITY,
  bigint: 10n,
  true: true,
  text: 'x',
  empty: '',
  symbol: Symbol('s'),
  'a function': () => true,
  'an async function': async () => true,
  'a generator': function* () {},
  'a class': class A {},
  'a list': [],
  // biome-ignore lint/suspicious/noSparseArray: that is what is tried
  'a list with a hole': [, 'user'],
  'an object': {},
  'a frozen object': Object.freeze({ header: 'user' }),
  'an object without prototype': Object.assign(Object.create(null), { a: 1 }),
  'an object with all in its prototype': Object.create({ rules: ['user'], header: 'user' }),
  'an object with a symbol': { [Symbol('s')]: 1 },
  'an object with __proto__': JSON.parse('{"__proto__":{"header":"user"}}'),
  'an object that refers to itself': circle,
  'an object with a bigint': { header: 1n },
  'a getter that throws': Object.defineProperty({}, 'header', { enumerable: true, get: thrower }),
  'a text that throws': { toString: thrower, toJSON: thrower },
  'a proxy that throws': new Proxy(
    {},
    { get: thrower, has: thrower, ownKeys: thrower, getPrototypeOf: thrower },
  ),
  'a revoked proxy': revoked({}),
  'a revoked list': revoked([]),
  'a date': new Date(Number.NaN),
  'a regular expression': /x/,
  'a Map': new Map(),
  'a Set': new Set(['user']),
  'a promise': Promise.resolve(),
  'a boxed text': Object('user'),
  'a Buffer': Buffer.from('x'),
};

const propagation = new HeaderPropagation({ rules: ['user'] });

/** What is called with a value, in a call that is otherwise right. */
type Call = (value: never) => unknown;

const rules = ['user'];
const withOptions = (options: object) => new HeaderPropagation({ rules, warn: () => {}, ...options });
const withRule = (...all: unknown[]) => withOptions({ rules: all });
const within = (work: () => unknown) => propagation.runWith({ user: 'a' }, work);
const asyncRoot = (options: object) => HeaderPropagationModule.forRootAsync(options as never);

/** One call for each key of an object. */
function under(prefix: string, keys: string, call: (one: object) => unknown): Record<string, Call> {
  return Object.fromEntries(
    keys.split(' ').map((key) => [`${prefix}.${key}`, (value: unknown) => call({ [key]: value })]),
  );
}

const CALLS: Readonly<Record<string, Call>> = {
  options: (value) => new HeaderPropagation(value),
  ...under('options', 'rules targets accept limits onDrop warn response matched notices other', withOptions),
  ...under('limits', 'headers valueBytes totalBytes characters more', (limits) => withOptions({ limits })),
  'rules[0]': (value) => withRule(value),
  ...under('rule', 'header from query cookie baggage value', (one) => withRule({ to: 'x', ...one })),
  ...under('rule', 'to toBaggage default filter characters maxLength accept place', (one) =>
    withRule({ header: 'user', ...one }),
  ),
  ...under('bucket', 'bucket of salt digits', (one) =>
    withRule('user', { bucket: 'x-b', of: 'user', salt: 's', ...one }),
  ),
  ...under('bucket.of', 'header query cookie baggage', (of) => withRule({ bucket: 'x-b', of, salt: 's' })),
  'targets[0]': (value) => withOptions({ targets: [value] }),
  'response[0]': (value) => withOptions({ response: [value] }),
  'matched[0]': (value) => withOptions({ matched: [value] }),
  ...under('matched[0]', 'header place', (one) =>
    withOptions({ matched: [{ header: 'a', place: 'b', ...one }] }),
  ),
  bucketOf: (value) => bucketOf(value, { salt: 's' }),
  'bucketOf options': (value) => bucketOf('x', value),
  runWith: (value) => propagation.runWith(value, () => propagation.current()),
  'runWith user': (user) => propagation.runWith({ user }, () => propagation.current()),
  'runWith [user]': (user) => propagation.runWith({ user: [user] }, () => propagation.current()),
  set: (value) => within(() => propagation.set('user', value)),
  'set name': (value) => within(() => propagation.set(value, 'x')),
  axios: (value) => propagateWithAxios(propagation, value),
  'interceptor settings': (value) => propagationInterceptor(propagation, value),
  'interceptor origin': (origin) => propagationInterceptor(propagation, { origin }),
  fetch: (value) => propagatingFetch(propagation, value),
  ...Object.fromEntries(
    [propagateWithAxios, propagationInterceptor, propagateNodeHttp, captureMiddleware, captureFastify].map(
      (connect) => [`${connect.name} propagation`, (value: never) => connect(value, {} as never)],
    ),
  ),
  forRoot: (value) => HeaderPropagationModule.forRoot(value),
  'forRoot, started': (value) => coreOptions(value),
  ...under('forRoot', 'clients', (one) => coreOptions({ rules, ...one })),
  ...under('clients', 'httpService fetch nodeHttp microservices other', (clients) =>
    coreOptions({ rules, clients }),
  ),
  forRootAsync: (value) => HeaderPropagationModule.forRootAsync(value),
  ...under('forRootAsync', 'useFactory useClass useExisting other', asyncRoot),
  ...under('forRootAsync', 'imports inject provideInjectionTokensFrom', (one) =>
    asyncRoot({ useFactory: () => ({ rules }), ...one }),
  ),
  fromManifests: (value) => fromManifests(value),
};

/** How the call ends: `taken`, or the error. */
async function outcome(call: () => unknown): Promise<unknown> {
  try {
    await call();
    return 'taken';
  } catch (error) {
    return error;
  }
}

it.each(Object.keys(CALLS))(
  '%s: whatever stands there is taken or refused in our own words',
  async (place) => {
    const call = CALLS[place] as Call;
    const refused: string[] = [];
    for (const [kind, value] of Object.entries(VALUES)) {
      const end = await outcome(() => call(value as never));
      if (end === 'taken') continue;
      const { name, message } = end as Error;
      refused.push(`${kind}: ${name}: ${message}`);
    }
    expect(refused.filter((line) => !/: HeaderPropagationError: /.test(line))).toEqual([]);
    // Where it is, what is wrong, and what to do about it.
    const advice =
      /^.*?: HeaderPropagationError: [\w.[\]()-]+:? .*(?:Write|Did you mean|Known are|Name each|Add|write (?:either|a|for)|file or folder)/s;
    expect(refused.filter((line) => !advice.test(line))).toEqual([]);
  },
);

it('has its hostile values refused at most places', async () => {
  const ends = await Promise.all(
    Object.values(CALLS).map((call) => outcome(() => call(VALUES['a proxy that throws'] as never))),
  );
  expect(ends.filter((end) => end === 'taken')).toEqual([]);
});

it('takes thousands of rules and targets', () => {
  const many = Array.from({ length: 20_000 }, (_, at) => `x-${at}`);
  const { names } = new HeaderPropagation({ rules: many, targets: many });
  expect(names.size).toBe(many.length);
});

it('asks no function of a kind that cannot answer', () => {
  for (const kind of ['a class', 'a generator', 'an async function'])
    for (const name of ['accept', 'onDrop', 'warn'])
      expect(() => withOptions({ [name]: VALUES[kind] })).toThrow(new RegExp(`^${name}: .* Write `));
});
