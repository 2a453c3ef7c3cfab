import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createService, type Service } from '@grayscale/service-runtime';
import request from 'supertest';
import { copyManifests } from '../../../../k8s/testing/copied.js';
import { releaseControllerSettings } from '../settings.js';
import type { ReleaseView } from './release-view.js';
import { ReleasesModule } from './releases.module.js';

const manifests = resolve(import.meta.dirname, '../../../../k8s');

let folder: string;
let rule: string;
let metrics: Server;
let service: Service;

async function startController(): Promise<void> {
  const environment = {
    REQUEST_LOG: 'none',
    PLANS: join(folder, 'release'),
    RULES: join(folder, 'internal'),
    METRICS: `http://127.0.0.1:${(metrics.address() as AddressInfo).port}/stats/prometheus`,
    LOOK_INTERVAL_MS: '100',
  };
  const options = {
    name: 'release-controller',
    defaultPort: 0,
    settings: releaseControllerSettings,
    environment,
  };
  service = await createService(ReleasesModule, options);
  service.app.useLogger(false);
  await service.app.listen(0, '127.0.0.1');
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'controller-'));
  await copyManifests(folder);
  rule = join(folder, 'internal/virtual-service-v2-10.yaml');
  // Nobody asks anything: the counts stay empty.
  metrics = createServer((_request, response) => response.end('process_start_time_seconds 1\n'));
  await once(metrics.listen(0, '127.0.0.1'), 'listening');
  await startController();
});

afterEach(async () => {
  await service.app.close();
  metrics.closeAllConnections();
  metrics.close();
  await rm(folder, { recursive: true });
});

const client = () => request(service.app.getHttpServer());
const command = (name: string, body: object) => client().post(`/releases/${name}/commands`).send(body);

async function release(name: string): Promise<ReleaseView> {
  const { body } = await client().get('/releases').expect(200);
  return body.releases.find((each: ReleaseView) => each.name === name);
}

async function untilWritten(text: string): Promise<void> {
  while (!(await readFile(rule, 'utf8')).includes(text)) await delay(20);
}

describe('GET /releases', () => {
  it('shows every plan with its steps, and does nothing until it is told to', async () => {
    const { body } = await client().get('/releases').expect(200);
    expect(body.releases.map(({ name }: ReleaseView) => name)).toEqual(['hello-2', 'hello-2-production']);
    expect(body.releases[0]).toMatchObject({
      problems: [],
      commands: ['start'],
      steps: [{ percent: 25 }, { percent: 50 }, { percent: 100 }],
    });
    expect(body.releases[0].report).toBeUndefined();
    expect(await readFile(rule, 'utf8')).toBe(
      await readFile(join(manifests, 'internal/virtual-service-v2-10.yaml'), 'utf8'),
    );
  });

  it('says with file and line what is wrong with a plan', async () => {
    const plan = join(folder, 'release/hello-2.yaml');
    await writeFile(plan, (await readFile(plan, 'utf8')).replace('percent: 25', 'percent: 250'));
    const { body } = await client().get('/releases').expect(200);
    const [broken] = body.releases.filter(({ problems }: ReleaseView) => problems.length > 0);
    expect(broken).toMatchObject({
      plan,
      commands: [],
      problems: [expect.stringMatching(/hello-2\.yaml:\d+:\d+: .*percent/)],
    });
  });

  it('shows nothing to pages of other sites', async () => {
    await client().get('/releases').set('origin', 'http://evil.example').expect(403);
    await client().get('/releases').set('host', 'rebound.example').expect(421);
  });
});

describe('POST /releases/NAME/commands', () => {
  it('starts, pauses, resumes and aborts, and gives the bytes back', async () => {
    const before = await readFile(rule, 'utf8');
    const started = await command('hello-2', { kind: 'start' }).expect(200);
    expect(started.body.report).toMatchObject({ phase: 'progressing', run: 1 });
    await untilWritten('weight: 25');
    await command('hello-2', { kind: 'pause' }).expect(200);
    expect(await release('hello-2')).toMatchObject({
      report: { phase: 'paused' },
      commands: expect.arrayContaining(['resume']),
    });
    await command('hello-2', { kind: 'resume' }).expect(200);
    await command('hello-2', { kind: 'abort' }).expect(200);
    while ((await release('hello-2')).report?.phase !== 'aborted') await delay(20);
    expect(await readFile(rule, 'utf8')).toBe(before);
    expect((await release('hello-2')).events.map(({ event }) => event)).toEqual(
      expect.arrayContaining(['pause', 'resume', 'abort']),
    );
  });

  it('goes on where an earlier controller left', async () => {
    await command('hello-2', { kind: 'start' }).expect(200);
    await untilWritten('weight: 25');
    await service.app.close();
    await startController();
    const left = await release('hello-2');
    expect(left).toMatchObject({
      report: { phase: 'progressing', run: 1 },
      commands: expect.arrayContaining(['start']),
    });
    const again = await command('hello-2', { kind: 'start' }).expect(200);
    expect(again.body.report).toMatchObject({ phase: 'progressing', run: 1, step: 1 });
    await command('hello-2', { kind: 'undo' }).expect(200);
  });

  it.each([
    [{ kind: 'faster' }, 400, /kind is one of start, pause/],
    [{}, 400, /kind is one of/],
    [{ kind: 'pause' }, 409, /^it has not been started/],
  ])('refuses %j before a start', async (body, status, reason) => {
    const refused = await command('hello-2', body).expect(status);
    expect(refused.text).toMatch(reason);
  });

  it('refuses a second start, a plan that another one blocks, and an unknown name', async () => {
    await command('hello-2', { kind: 'start' }).expect(200);
    expect((await command('hello-2', { kind: 'start' }).expect(409)).text).toMatch(/under way already/);
    expect((await command('hello-2-production', { kind: 'start' }).expect(409)).text).toMatch(/held by/);
    await command('hello-3', { kind: 'start' }).expect(404);
    await command('hello-2', { kind: 'undo' }).expect(200);
  });

  it('follows a plan that is changed while its release runs; a broken one is shown, and does not keep anybody from aborting', async () => {
    const before = await readFile(rule, 'utf8');
    const plan = join(folder, 'release/hello-2.yaml');
    const text = await readFile(plan, 'utf8');
    await command('hello-2', { kind: 'start' }).expect(200);
    await untilWritten('weight: 25');
    await writeFile(plan, text.replace('percent: 50', 'percent: 60'));
    const events = async () => (await release('hello-2')).events.map(({ message }) => message);
    while (!(await events()).includes('the plan has changed: steps')) await delay(20);
    expect((await release('hello-2')).steps.map(({ percent }) => percent)).toEqual([25, 60, 100]);
    await writeFile(plan, text.replace('percent: 25', 'percent: 250'));
    while (!(await events()).some((message) => message.startsWith('the changed plan is not valid')))
      await delay(20);
    const shown = await release('hello-2');
    expect(shown.problems).toEqual([expect.stringMatching(/hello-2\.yaml:\d+:\d+: .*percent/)]);
    expect(shown.commands).toContain('abort');
    await rm(plan);
    await command('hello-2', { kind: 'abort' }).expect(200);
    while ((await readFile(rule, 'utf8')) !== before) await delay(20);
  });

  it('does not start a plan whose rule is gone, and says so', async () => {
    await writeFile(join(folder, 'internal/kustomization.yaml'), 'resources: []\n');
    const refused = await command('hello-2', { kind: 'start' }).expect(409);
    expect(refused.text).toMatch(/hello-ext-svc/);
  });
});
