import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PrometheusProcess } from '@grayscale/test-prometheus';
import { ClusterStage } from '../testing/cluster-stage.js';
import { condition, plan } from '../testing/hello-release.js';
import { SecuredProxy } from '../testing/secured-proxy.js';

/** Of the password "secret", in bcrypt's cheapest form. */
const hashOfSecret = '$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW';

/** A machine with much to do needs half a minute until a server has started, in milliseconds. */
const longest = 240_000;

describe('a controller that loses what it depends on', () => {
  let stage: ClusterStage;
  let folder: string;

  beforeAll(async () => {
    stage = await ClusterStage.start();
    folder = await mkdtemp(join(tmpdir(), 'access-'));
  });

  afterAll(async () => {
    await stage?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  beforeEach(() => stage.reset());

  const file = async (name: string, text: string): Promise<string> => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };

  /** Waits until the release says that it cannot count, and why. */
  const blind = async (reason: RegExp) => {
    const waiting = await stage.until(
      'hello-2',
      (release) =>
        condition(release, 'Progressing')?.reason === 'NoLook' && reason.test(release.status?.message ?? ''),
    );
    expect(condition(waiting, 'Progressing')?.message).toMatch(reason);
  };

  it(
    'goes on after a time without the API server, does nothing twice, and is not restarted meanwhile',
    async () => {
      await using first = await stage.startController();
      await using second = await stage.startController();
      await stage.releases.create(plan({ steps: [25, 50, 100].map((percent) => ({ percent, hold: '4s' })) }));
      await stage.until('hello-2', ({ status }) => status?.percent === 25);
      await stage.cluster.stopServer();
      // Longer than the Lease lasts: nobody leads any more.
      await Promise.any([first, second].map((each) => each.said(/does not lead any more/)));
      for (const { url } of [first, second]) {
        for (const probe of ['livez', 'readyz']) expect((await fetch(`${url}/${probe}`)).status).toBe(200);
        expect(await (await fetch(`${url}/metrics`)).text()).toContain(
          'grayscale_release_controller_leader 0',
        );
        expect(await (await fetch(`${url}/releases/hello-page/hello-2`)).text()).toContain('25 %');
      }
      await stage.cluster.startServer();
      const done = await stage.until('hello-2', (release) => condition(release, 'Completed') !== undefined);
      expect(await stage.weights()).toEqual(['90/10', '75/25', '50/50', '0/100']);
      expect(done.status).toMatchObject({ run: 1, phase: 'Healthy', percent: 100 });
      const reasons = (await stage.events('hello-2')).map(({ reason }) => reason);
      expect(reasons.filter((reason) => reason === 'Started')).toHaveLength(1);
    },
    longest,
  );

  it(
    'takes a canary back that went bad while the API server was away',
    async () => {
      await using _ = await stage.startController({ LEASE_DURATION_MS: '60000' });
      await stage.releases.create(plan({ steps: [{ percent: 25, hold: '1h' }] }));
      await stage.until('hello-2', ({ status }) => status?.percent === 25);
      await stage.cluster.stopServer();
      await stage.setErrorRate(100);
      await delay(4000);
      await stage.cluster.startServer();
      await stage.until('hello-2', ({ status }) => status?.running === false);
      expect(await stage.weights()).toEqual(['90/10', '75/25', '90/10']);
      expect(condition(await stage.release('hello-2'), 'Degraded')?.reason).toBe('Aborted');
    },
    longest,
  );

  it(
    'counts at a Prometheus with TLS and a password, and is blind with another one',
    async () => {
      const security = { ...stage.cluster.certificate, users: { grayscale: hashOfSecret } };
      await using prometheus = await PrometheusProcess.scraping(
        { mesh: [stage.metricsPort] },
        '1s',
        security,
      );
      const password = await file('password', 'grayscale:wrong\n');
      const ca = await file('ca.pem', '');
      await using _ = await stage.startController({
        PROMETHEUS: prometheus.url.origin,
        PROMETHEUS_BASIC_AUTH_FILE: password,
        PROMETHEUS_CA_FILE: ca,
      });
      await stage.releases.create(plan());
      await blind(/^https:\/\/127\.0\.0\.1:\d+\/api\/v1\/query has a certificate that is not trusted/);
      await file('ca.pem', readFileSync(stage.cluster.certificate.certificate, 'utf8'));
      await blind(/answers 401: it does not accept the user and password in \S+\/password$/);
      expect(await stage.weights()).toEqual(['90/10', '75/25']);
      await file('password', 'grayscale:secret\n');
      await stage.until('hello-2', ({ status }) => status?.percent === 50);
      expect(await stage.weights()).toEqual(['90/10', '75/25', '50/50']);
    },
    longest,
  );

  it(
    'takes a token that was rotated, and waits while it has the old one',
    async () => {
      await using proxy = new SecuredProxy(stage.prometheus.url, stage.cluster.certificate);
      proxy.token = 'one';
      await using _ = await stage.startController({
        PROMETHEUS: (await proxy.listen()).origin,
        PROMETHEUS_BEARER_TOKEN_FILE: await file('token', 'one\n'),
        PROMETHEUS_CA_FILE: stage.cluster.certificate.certificate,
        PROMETHEUS_HEADERS: 'X-Scope-OrgID: shop; X-Other: a',
      });
      const steps = [25, 50].map((percent) => ({ percent, hold: '3s', requests: 20 }));
      await stage.releases.create(plan({ steps }));
      await stage.until('hello-2', ({ status }) => status?.percent === 25);
      expect(proxy.headers).toMatchObject({ 'x-scope-orgid': 'shop', 'x-other': 'a' });
      proxy.token = 'two';
      await blind(/answers 401: it does not accept the bearer token in \S+\/token$/);
      await rm(join(folder, 'token'));
      await blind(/the file with the bearer token, \S+\/token, does not exist$/);
      await file('token', 'two\n');
      await stage.until('hello-2', ({ status }) => status?.percent === 50);
      expect(await stage.weights()).toEqual(['90/10', '75/25', '50/50']);
    },
    longest,
  );
});
