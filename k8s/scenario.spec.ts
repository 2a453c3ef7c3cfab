import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseManifests, readManifests } from '@grayscale/manifest-files';
import {
  analyze,
  compile,
  type Resource,
  requestFromUrl,
  route,
  validate,
  type Workload,
} from '@grayscale/traffic-rules';
import { copyManifests } from './testing/copied.js';
import { hasKubectl, manifests, render } from './testing/kustomizations.js';

const workload: Workload = {
  namespace: 'hello-page',
  labels: { app: 'hello-page' },
  outboundTrafficPolicy: 'ALLOW_ANY',
};

/** As the local mesh reads them. */
async function read(folders: readonly string[], root = manifests): Promise<Resource[]> {
  const set = await readManifests(folders.map((folder) => join(root, folder)));
  const { resources, issues } = parseManifests(set.files);
  expect([...set.issues, ...issues].filter(({ severity }) => severity !== 'info')).toEqual([]);
  return resources;
}

/** As `kubectl kustomize` prints them. */
async function readRendered(folders: readonly string[], root = manifests): Promise<Resource[]> {
  const files = folders.map((folder) => ({
    path: folder,
    text: render(folder, root),
    overrides: { labels: {}, annotations: {} },
  }));
  return parseManifests(files).resources;
}

/** Where hello-page's request goes: the endpoint's address, or why there is none. */
function ask(resources: readonly Resource[], headers: readonly string[], draw: number): string {
  const request = requestFromUrl({ url: 'http://hello.com/hello', headers });
  const decision = route(compile(resources, workload), request, draw);
  if (decision.kind !== 'forward') return decision.kind;
  const [endpoint] = decision.cluster.endpoints;
  return endpoint === undefined
    ? `${decision.cluster.name} has no endpoint`
    : `${endpoint.address}:${endpoint.port}`;
}

const byPercent = [
  { question: 'the first draw', headers: [], draw: 0, version: 1 },
  { question: 'the last draw of the 90 %', headers: [], draw: 0.8999, version: 1 },
  { question: 'the first draw of the 10 %', headers: [], draw: 0.9, version: 2 },
  { question: 'the last draw', headers: [], draw: 0.9999, version: 2 },
  { question: 'a user, whom this rule does not look at', headers: ['user: test'], draw: 0.95, version: 2 },
] as const;

const byUser = [
  { question: 'the user test', headers: ['user: test'], draw: 0.95, version: 1 },
  { question: 'another user', headers: ['user: someone'], draw: 0, version: 2 },
  { question: 'the name in another letter case', headers: ['user: Test'], draw: 0, version: 2 },
  { question: 'no user', headers: [], draw: 0, version: 2 },
] as const;

const onLaptop = ['127.0.0.1:43990', '127.0.0.1:43991'];
const inCompose = ['198.18.43.11:8080', '198.18.43.12:8080'];

const modes = [
  { folders: ['internal', 'local'], questions: byPercent, endpoints: onLaptop },
  { folders: ['internal', 'compose'], questions: byPercent, endpoints: inCompose },
  { folders: ['variants/internal-injected', 'local'], questions: byPercent, endpoints: onLaptop },
  { folders: ['variants/internal-hardened', 'local'], questions: byPercent, endpoints: onLaptop },
  { folders: ['variants/internal-httproute', 'local'], questions: byPercent, endpoints: onLaptop },
  { folders: ['variants/internal-httproute', 'compose'], questions: byPercent, endpoints: inCompose },
  { folders: ['external'], questions: byPercent, endpoints: onLaptop },
  { folders: ['external', 'local'], questions: byPercent, endpoints: onLaptop },
  { folders: ['variants/external-hardened'], questions: byPercent, endpoints: onLaptop },
];

/** A patch of a rule is kustomize's alone: the local mesh refuses it, and is switched by the line of the kustomization instead. */
const patched = [
  { folders: ['variants/internal-by-user', 'local'], questions: byUser, endpoints: onLaptop },
  { folders: ['variants/external-by-user'], questions: byUser, endpoints: onLaptop },
];

const readers = [
  { reader: 'read by the local mesh', resourcesOf: read, describeIt: describe, cases: modes },
  {
    reader: `rendered by kubectl${hasKubectl ? '' : ': SKIPPED, kubectl is missing'}`,
    resourcesOf: readRendered,
    describeIt: hasKubectl ? describe : describe.skip,
    cases: [...modes, ...patched],
  },
];

for (const { reader, resourcesOf, describeIt, cases } of readers) {
  describeIt(reader, () => {
    describe.each(cases)('$folders', ({ folders, questions, endpoints }) => {
      let resources: Resource[];
      beforeAll(async () => {
        resources = await resourcesOf(folders);
      });

      it.each([...questions])('$question: hello $version', ({ headers, draw, version }) => {
        expect(ask(resources, headers, draw)).toBe(endpoints[version - 1]);
      });

      it('Istio accepts it, and no finding is an error or a warning', () => {
        const issues = [...validate(resources), ...analyze(compile(resources, workload))];
        expect(issues.filter(({ severity }) => severity !== 'info')).toEqual([]);
      });

      it('with the rule removed nothing answers, and nothing leaves for the public hello.com', () => {
        const withoutRule = resources.filter(({ kind }) => kind !== 'VirtualService' && kind !== 'HTTPRoute');
        expect(ask(withoutRule, [], 0)).toBe('outbound|80||hello.com has no endpoint');
      });
    });
  });
}

describe('a copy of k8s', () => {
  let copy: string;
  beforeEach(async () => {
    copy = await mkdtemp(join(tmpdir(), 'k8s-'));
    await copyManifests(join(copy, 'k8s'));
  });
  afterEach(async () => await rm(copy, { recursive: true }));

  const folder = (name: string) => join(copy, 'k8s', name);
  const switchTo = (rule: string) =>
    spawnSync(process.execPath, [join(manifests, '..', 'tools', 'switch-rule.js'), rule, copy], {
      encoding: 'utf8',
    });

  it.each([
    { mode: 'internal', folders: ['internal', 'local'] },
    { mode: 'external', folders: ['external'] },
  ])('$mode is switched to by user and back with one command', async ({ mode, folders }) => {
    const kustomization = join(folder(mode), 'kustomization.yaml');
    const before = await readFile(kustomization, 'utf8');

    expect(switchTo('by-user').status).toBe(0);
    const resources = await read(folders, join(copy, 'k8s'));
    for (const { headers, draw, version } of byUser) {
      expect(ask(resources, headers, draw)).toBe(onLaptop[version - 1]);
    }

    expect(switchTo('percent').status).toBe(0);
    expect(await readFile(kustomization, 'utf8')).toBe(before);
  });

  it('an HTTPRoute is switched to by user by the line of its kustomization', async () => {
    const kustomization = join(folder('variants/internal-httproute'), 'kustomization.yaml');
    const text = await readFile(kustomization, 'utf8');
    await writeFile(kustomization, text.replace('- http-route-v2-10.yaml', '- http-route-test-v1.yaml'));
    const resources = await read(['variants/internal-httproute', 'local'], join(copy, 'k8s'));
    for (const { headers, draw, version } of byUser)
      expect(ask(resources, headers, draw)).toBe(onLaptop[version - 1]);
  });

  it('is not switched in the middle of a release', async () => {
    const plan = join(copy, 'plan.yaml');
    const marker = join(folder('internal'), '.hello-page.hello-ext-svc.release');
    const state = (phase: string) =>
      writeFile(
        `${plan}.journal.jsonl`,
        `${JSON.stringify({ op: 'start', run: 1, seq: 0, at: 0, state: { phase } })}\n`,
      );
    await writeFile(marker, `${plan}\n`);
    await state('progressing');
    const before = await readFile(join(folder('internal'), 'kustomization.yaml'), 'utf8');
    const { status, stderr } = switchTo('by-user');
    expect([status, stderr]).toEqual([
      75,
      expect.stringContaining(`under release by ${plan}; nothing was changed`),
    ]);
    expect(await readFile(join(folder('internal'), 'kustomization.yaml'), 'utf8')).toBe(before);
    await state('aborted');
    expect(switchTo('by-user').status).toBe(0);
    expect(switchTo('percent').status).toBe(0);
    await rm(marker);
  });

  it('a rule that does not exist is refused with the names of those that do', () => {
    const { status, stderr } = switchTo('by-moon');
    expect(status).toBe(64);
    expect(stderr).toBe('switch-rule: there is no rule "by-moon"; write one of percent, by-user.\n');
  });

  it('the address of the docker machine is written in one place', async () => {
    const file = folder('external/docker-host.yaml');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('address: 127.0.0.1', 'address: 203.0.113.7'));
    const resources = await read(['external'], join(copy, 'k8s'));
    const answers = [ask(resources, [], 0), ask(resources, [], 0.95)];
    expect(answers).toEqual(['203.0.113.7:43990', '203.0.113.7:43991']);
  });

  it.each([
    'internal/virtual-service-v2-10.yaml',
    'internal/virtual-service-test-v1.yaml',
    'external/virtual-service-v2-10.yaml',
    'external/virtual-service-test-v1.yaml',
  ])('%s is the whole rule hello-ext-svc, so that applying one replaces the other', async (file) => {
    const [rule, ...others] = await read([file], join(copy, 'k8s'));
    expect(rule).toMatchObject({
      kind: 'VirtualService',
      metadata: { name: 'hello-ext-svc', namespace: 'hello-page' },
    });
    expect(others).toEqual([]);
  });

  it.each(['http-route-v2-10.yaml', 'http-route-test-v1.yaml'])(
    '%s is the whole HTTPRoute hello-ext-svc, so that applying one replaces the other',
    async (file) => {
      const [rule, ...others] = await read([`variants/internal-httproute/${file}`], join(copy, 'k8s'));
      expect(rule).toMatchObject({
        kind: 'HTTPRoute',
        metadata: { name: 'hello-ext-svc', namespace: 'hello-page' },
      });
      expect(others).toEqual([]);
    },
  );

  it.each(['external/hello-1-serviceEntry.yaml', 'external/hello-2-serviceEntry.yaml'])(
    '%s is a ServiceEntry by itself',
    async (file) => {
      const [entry, ...others] = await read([file], join(copy, 'k8s'));
      expect(entry?.kind).toBe('ServiceEntry');
      expect(others).toEqual([]);
    },
  );
});
