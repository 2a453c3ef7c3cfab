import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { runCaptured } from '../testing/run-captured.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'grayscale-weight-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function file(text: string, name = 'rules.yaml'): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

const shop = `# The shop.
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: cart, namespace: shop}
spec:
  hosts: [cart.example]
  http:
  - match: [{headers: {user: {exact: test}}}]
    route: [{destination: {host: one.a.svc.cluster.local}}]
  - match: [{uri: {prefix: /old}}]
    redirect: {uri: /new}
  - match: [{headers: {tenant: {regex: "b.*"}}}]
    route:
    - {destination: {host: one.a.svc.cluster.local}, weight: 1}
    - {destination: {host: two.b.svc.cluster.local}, weight: 2}
  - name: main
    route:
    - destination: {host: one.a.svc.cluster.local, subset: v1} # stable
      weight: 90
    - destination: {host: one.a.svc.cluster.local, subset: v2}
      weight: 9
    - destination: {host: two.b.svc.cluster.local, port: {number: 81}}
      weight: 1
  - match: [{uri: {exact: /never}}]
    route: [{destination: {host: two.b.svc.cluster.local}}]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: cart, namespace: shop}
spec: {hosts: [cart.example], ports: [{number: 8080, name: http, protocol: HTTP}], resolution: STATIC}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: one, namespace: shop}
spec: {host: one.a.svc.cluster.local, subsets: [{name: v1, labels: {v: "1"}}, {name: v2, labels: {v: "2"}}]}
`;

/** As a process leaves them that was killed in the middle of a release. */
function underRelease(phase: string): string {
  const plan = join(folder, 'plan.yaml');
  writeFileSync(join(folder, '.shop.cart.release'), `${plan}\n`);
  writeFileSync(
    `${plan}.journal.jsonl`,
    `${JSON.stringify({ op: 'start', run: 1, seq: 0, at: 0, state: { phase } })}\n`,
  );
  return plan;
}

describe('grayscale weight get', () => {
  it('shows every split, where it stands, and exact shares', async () => {
    const path = file(shop);
    const { code, out } = await runCaptured('weight', 'get', '-f', path);
    expect(code).toBe(0);
    expect(out).toBe(`shop/cart#2  ${path}:12
  one.a.svc.cluster.local  1  1/3 (33.3333 %)
  two.b.svc.cluster.local  2  2/3 (66.6667 %)

shop/cart:main  ${path}:16
  one.a.svc.cluster.local/v1  90  90 %
  one.a.svc.cluster.local/v2   9  9 %
  two.b.svc.cluster.local:81   1  1 %
`);
  });

  it('shows the one that is named, as JSON', async () => {
    const { out } = await runCaptured('weight', 'get', 'cart:main', '-f', file(shop), '-o', 'json');
    expect(JSON.parse(out)).toEqual({
      apiVersion: 'grayscale.dev/v1alpha1',
      kind: 'SplitList',
      items: [
        {
          virtualService: { namespace: 'shop', name: 'cart' },
          rule: { index: 3, name: 'main' },
          place: { file: join(folder, 'rules.yaml'), line: 16, column: 5 },
          destinations: [
            { host: 'one.a.svc.cluster.local', subset: 'v1', weight: 90, percent: 90, share: '90/100' },
            { host: 'one.a.svc.cluster.local', subset: 'v2', weight: 9, percent: 9, share: '9/100' },
            { host: 'two.b.svc.cluster.local', port: 81, weight: 1, percent: 1, share: '1/100' },
          ],
        },
      ],
    });
  });

  it('says that there is none', async () => {
    const { code, out } = await runCaptured(
      'weight',
      'get',
      '-f',
      file(shop.replace(/ {2}http:.*?---/s, '---')),
    );
    expect([code, out]).toEqual([0, 'No rule has two or more destinations.\n']);
  });
});

describe('grayscale weight set', () => {
  it('writes the weights and nothing else, and says whom that concerns', async () => {
    const path = file(shop.replaceAll('\n', '\r\n'));
    chmodSync(path, 0o640);
    const { code, out } = await runCaptured(
      'weight',
      'set',
      'cart:main',
      '--to',
      'two=2',
      '-f',
      path,
      '-n',
      'web',
    );
    expect(code).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe(
      shop
        .replace('weight: 90', 'weight: 490')
        .replace('weight: 9\n', 'weight: 49\n')
        .replace('weight: 1\n', 'weight: 11\n')
        .replaceAll('\n', '\r\n'),
    );
    expect(statSync(path).mode & 0o777).toBe(0o640);
    expect(out).toBe(`shop/cart:main  ${path}:16
  one.a.svc.cluster.local/v1  90 -> 490  90 % -> 49/55 (89.0909 %)
  one.a.svc.cluster.local/v2    9 -> 49  9 % -> 49/550 (8.9091 %)
  two.b.svc.cluster.local:81    1 -> 11  1 % -> 2 %
  Requests with header user exactly "test" still follow their own rule (${path}:8): one.a.svc.cluster.local.
  Requests with path starting with "/old" still follow their own rule (${path}:10): redirect 301.
  Requests with header tenant matching the regex "b.*" still follow their own rule (${path}:12): one.a.svc.cluster.local 33.33 %, two.b.svc.cluster.local 66.67 %.
  All other requests to cart.example from workloads in web follow the new weights.
${path} is written.
`);
  });

  it('sets relative weights of the hosts that are named', async () => {
    const path = file(shop);
    const { out } = await runCaptured('weight', 'set', 'shop/cart#2', 'one=3', '-f', path);
    expect(readFileSync(path, 'utf8')).toBe(shop.replace('weight: 1}', 'weight: 3}'));
    expect(out).toContain('one.a.svc.cluster.local  1 -> 3  1/3 (33.3333 %) -> 60 %');
    expect(out).toContain('two.b.svc.cluster.local  2 -> 2  2/3 (66.6667 %) -> 40 %');
  });

  it('writes nothing with --dry-run, and a patch that git takes with -o diff', async () => {
    const path = file(shop);
    const argv = ['weight', 'set', 'cart:main', 'v1=80', 'v2=19', '-f', path, '--dry-run', '-o', 'diff'];
    const { code, out } = await runCaptured(...argv);
    expect(code).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe(shop);
    writeFileSync(join(folder, 'change.patch'), out);
    execFileSync('git', ['apply', '--unsafe-paths', `-p${folder.split('/').length}`, 'change.patch'], {
      cwd: folder,
    });
    expect(readFileSync(path, 'utf8')).toBe(
      shop.replace('weight: 90', 'weight: 80').replace('weight: 9\n', 'weight: 19\n'),
    );
  });

  it('says as JSON what it did', async () => {
    const argv = ['weight', 'set', 'cart#2', 'one=2', '-f', file(shop), '-o', 'json'];
    const change = JSON.parse((await runCaptured(...argv)).out);
    expect(change).toMatchObject({ kind: 'WeightChange', changed: true, written: true, rule: { index: 2 } });
    expect(change.after).toMatchObject([
      { weight: 2, percent: 50 },
      { weight: 2, percent: 50 },
    ]);
    const again = JSON.parse((await runCaptured(...argv)).out);
    expect(again).toMatchObject({ changed: false, written: false });
  });

  it('says which rule decides instead, for a workload that another one decides for', async () => {
    const other = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: a, namespace: shop, creationTimestamp: "2020-01-01T00:00:00Z"}
spec:
  hosts: [cart.example]
  http:
  - route: [{destination: {host: one.a.svc.cluster.local}}]
`;
    const paths = [
      file(other, 'a.yaml'),
      file(shop.replace('namespace: shop}', 'namespace: shop, creationTimestamp: "2021-01-01T00:00:00Z"}')),
    ];
    const { out } = await runCaptured('weight', 'set', 'cart:main', 'v1=80', '-f', folder);
    expect(out).toMatch(
      /No other requests .* follow this rule: VirtualService shop\/a \(.*a\.yaml:7\) decides for them\./,
    );
    expect(paths).toHaveLength(2);
  });

  it('edits the file of a kustomization, by the namespace that it gets there', async () => {
    const path = file(shop.replaceAll(', namespace: shop', ''));
    file('resources: [rules.yaml]\nnamespace: other\n', 'kustomization.yaml');
    expect((await runCaptured('weight', 'set', 'other/cart:main', 'v1=80', '-f', folder)).code).toBe(0);
    expect(readFileSync(path, 'utf8')).toContain('weight: 80');
  });

  const usage: Array<[string, string[], RegExp]> = [
    [
      'no RULE of these files',
      ['nothing', 'one=1'],
      /no split is named nothing\. There is shop\/cart#2, shop\/cart:main/,
    ],
    [
      'a RULE that names two splits',
      ['cart', 'one=1'],
      /cart names 2 splits\. Write shop\/cart#2, shop\/cart:main/,
    ],
    ['a rule that does not split', ['cart#0', 'one=1'], /no split is named cart#0/],
    ['what is not a RULE', ['a/b/c', 'one=1'], /a\/b\/c is not a RULE; write \[NAMESPACE/],
    ['no weights', ['cart#2'], /write HOST=WEIGHT/],
    ['weights and --to', ['cart#2', 'one=1', '--to', 'one=1'], /write HOST=WEIGHT/],
    ['a weight that is not a number', ['cart#2', 'one=x'], /one=x is not HOST=WEIGHT/],
    ['a negative weight', ['cart#2', 'one=-1'], /one=-1 is not HOST=WEIGHT/],
    ['a weight over 2^31', ['cart#2', 'one=2147483648'], /2147483647/],
    ['a total over 2^31', ['cart#2', 'one=2147483647'], /more than 2147483647/],
    [
      'a host of another rule',
      ['cart#2', 'three=1'],
      /three is not a destination of this rule; write one of one\.a/,
    ],
    [
      'a host that several have',
      ['cart:main', 'one=1'],
      /one names 2 destinations; write one of .*\/v1, .*\/v2\./,
    ],
    ['one destination twice', ['cart:main', 'v1=1', 'one/v1=2'], /set the same destination/],
    ['a share over 100', ['cart#2', '--to', 'one=101'], /one=101 is not HOST=PERCENT/],
    ['a share with five decimals', ['cart#2', '--to', 'one=0.00001'], /at most four decimals/],
    ['a share that needs too large weights', ['cart:main', '--to', 'two=0.0003'], /nearest share is/],
  ];
  it.each(usage)('refuses %s with 64', async (_, words, message) => {
    const path = file(shop);
    const { code, err } = await runCaptured('weight', 'set', ...words, '-f', path);
    expect([code, err]).toEqual([64, expect.stringMatching(message)]);
    expect(readFileSync(path, 'utf8')).toBe(shop);
  });

  const invalid: Array<[string, (text: string) => string, string[], RegExp]> = [
    [
      'a weight that an anchor shares',
      (text) => text.replace('weight: 9\n', 'weight: &w 9\n'),
      ['v2=8'],
      /:21:15: error: .*edit-shared/,
    ],
    ['weights that sum to 0', (text) => text, ['v1=0', 'v2=0', 'two=0'], /sum to 0/],
    [
      'a template',
      (text) => text.replace('weight: 9\n', 'weight: "{{ .w }}"\n'),
      ['v2=8'],
      /edit-not-an-integer/,
    ],
  ];
  it.each(invalid)('refuses %s with 65, and names the place', async (_, change, words, message) => {
    const path = file(change(shop));
    const { code, err } = await runCaptured('weight', 'set', 'cart:main', ...words, '-f', path);
    expect([code, err]).toEqual([65, expect.stringMatching(message)]);
    expect(readFileSync(path, 'utf8')).toBe(change(shop));
  });

  it.each(['TLSRoute', 'TCPRoute'])('says that the weights of a %s are not set', async (kind) => {
    const route = `apiVersion: gateway.networking.k8s.io/v1\nkind: ${kind}\nmetadata: {name: bytes, namespace: shop}\nspec: {rules: []}\n`;
    const path = file(`${shop}---\n${route}`);
    const { code, err } = await runCaptured('weight', 'set', 'shop/bytes', 'one=1', '-f', path);
    expect([code, err]).toEqual([
      64,
      expect.stringContaining(`bytes is a ${kind}: weights are set only for splits of requests`),
    ]);
  });

  it('refuses an object that is written twice, and one that a kustomization patches', async () => {
    const path = file(shop);
    file(shop, 'copy.yaml');
    const twice = await runCaptured('weight', 'set', 'cart:main', 'v1=1', '-f', folder);
    expect(twice).toMatchObject({ code: 64, err: expect.stringContaining('names 2 splits') });
    file('resources: [rules.yaml]\npatches: [{path: patch.yaml}]\n', 'kustomization.yaml');
    file('kind: VirtualService\nmetadata: {name: cart}\nspec: {http: []}\n', 'patch.yaml');
    const patched = await runCaptured('weight', 'set', 'cart:main', 'v1=1', '-f', folder);
    expect(patched).toMatchObject({
      code: 65,
      err: expect.stringMatching(/kustomization\.yaml:2:\d+: error: .*edit-patched/),
    });
    expect(readFileSync(path, 'utf8')).toBe(shop);
  });

  it('works where another file has a mistake, and says so', async () => {
    const path = file(shop);
    file('apiVersion: v1\nkind: [\n', 'broken.yaml');
    const { code, out } = await runCaptured('weight', 'set', 'cart:main', 'v1=80', '-f', folder);
    expect(code).toBe(0);
    expect(out).toContain('These rules have errors');
    expect(readFileSync(path, 'utf8')).toContain('weight: 80');
  });

  it('runs as a process of its own', async () => {
    const script = join(import.meta.dirname, '../../bin/grayscale.js');
    const path = file(shop);
    await promisify(execFile)(process.execPath, [script, 'weight', 'set', 'cart#2', 'one=7', '-f', path]);
    expect(readFileSync(path, 'utf8')).toBe(shop.replace('weight: 1}', 'weight: 7}'));
  });
});

describe('a rule under release', () => {
  it('is not written by hand, also while no process drives the release', async () => {
    const path = file(shop);
    const plan = underRelease('paused');
    const { code, err } = await runCaptured('weight', 'set', '-f', path, 'cart:main', '--to', 'two=5');
    expect([code, err]).toEqual([
      75,
      expect.stringContaining(`under release by ${plan}; nothing is written`),
    ]);
    expect(readFileSync(path, 'utf8')).toBe(shop);
    const dry = await runCaptured('weight', 'set', '-f', path, 'cart:main', '--to', 'two=5', '--dry-run');
    expect(dry.code).toBe(0);
  });

  it('is anybody’s again when the run has ended', async () => {
    const path = file(shop);
    underRelease('completed');
    const { code } = await runCaptured('weight', 'set', '-f', path, 'cart:main', '--to', 'two=5');
    expect(code).toBe(0);
  });
});
