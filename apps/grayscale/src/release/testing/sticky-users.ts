import { Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { bucketOf } from '@grayscale/header-propagation';
import type { Stage } from './stage.js';

/** How a user is known again: by the bucket that the application sends on, or by the cookie that the first answer sets. */
export type Scheme = 'header' | 'cookie';

/** What one step showed. */
export interface StickyStep {
  percent: number;
  /** Users whose answer came from hello-2. */
  onCanary: number;
  /** Users who had been on hello-2 in a step before, and are not now. */
  wentBack: number;
}

const inFlight = 32;

/** Users who ask once in each step of a release that grows. */
export class StickyUsers {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: inFlight });
  private readonly cookies = new Map<number, string>();
  private readonly onCanary = new Set<number>();

  constructor(
    private readonly stage: Stage,
    private readonly scheme: Scheme,
    private readonly count: number,
  ) {}

  /** Each user asks once. */
  async ask(percent: number): Promise<StickyStep> {
    const step: StickyStep = { percent, onCanary: 0, wentBack: 0 };
    let next = 0;
    const askers = Array.from({ length: inFlight }, async () => {
      for (let user = next++; user < this.count; user = next++) await this.askAs(user, step);
    });
    await Promise.all(askers);
    return step;
  }

  close(): void {
    this.agent.destroy();
  }

  private async askAs(user: number, step: StickyStep): Promise<void> {
    const { answer, headers } = await this.send(this.headersOf(user));
    const cookie = /^gs=[^;]*/.exec(headers['set-cookie']?.[0] ?? '')?.[0];
    if (cookie !== undefined) this.cookies.set(user, cookie);
    const isCanary = answer === 'hello 2';
    if (isCanary) step.onCanary++;
    else if (this.onCanary.has(user)) step.wentBack++;
    if (isCanary) this.onCanary.add(user);
  }

  private headersOf(user: number): OutgoingHttpHeaders {
    if (this.scheme === 'header') return { 'x-bucket': bucketOf(`user-${user}`, { salt: 'hello-2' }) };
    const cookie = this.cookies.get(user);
    return cookie === undefined ? {} : { cookie };
  }

  private async send(
    headers: OutgoingHttpHeaders,
  ): Promise<{ answer: string; headers: IncomingHttpHeaders }> {
    const proxy = new URL(this.stage.mesh);
    return new Promise((resolve, reject) => {
      const sent = request({
        host: proxy.hostname,
        port: proxy.port,
        path: 'http://hello.com/hello',
        headers: { host: 'hello.com', ...headers },
        agent: this.agent,
      });
      sent.once('error', reject);
      sent.once('response', (response) => {
        text(response).then((answer) => resolve({ answer, headers: response.headers }), reject);
      });
      sent.end();
    });
  }
}

/** A release through the steps, promoted by hand, while the users ask: nobody looks at the counts here. */
export async function growSticky(
  stage: Stage,
  scheme: Scheme,
  count: number,
  percents: readonly number[],
): Promise<StickyStep[]> {
  const plan = await stage.plan({
    steps: percents.map((percent) => ({ percent, hold: '10h' })),
    sticky: scheme === 'header' ? { header: 'x-bucket', digits: 4 } : { cookie: 'gs' },
    from: 0,
  });
  const users = new StickyUsers(stage, scheme, count);
  const rollout = stage.rollout(plan);
  const shown: StickyStep[] = [];
  try {
    for (const percent of percents) {
      if (shown.length > 0) await stage.grayscale('promote', plan).exit;
      await rollout.said(new RegExp(`step: ${percent} % to the canary|-> ${percent} % `));
      while (!(await stage.rule()).includes('grayscale-hello-2-sticky')) await delay(20);
      await untilShare(stage, percent);
      await stage.untilInForce();
      shown.push(await users.ask(percent));
    }
  } finally {
    users.close();
    await stage.grayscale('undo', plan).exit;
    await rollout.exit;
  }
  return shown;
}

/** Until the weights that are written have that share. */
async function untilShare(stage: Stage, percent: number): Promise<void> {
  for (;;) {
    const [stable = 0, canary = 0] = (await stage.weights()).slice(-2);
    if (Math.abs((100 * canary) / (stable + canary) - percent) < 1e-6) return;
    await delay(20);
  }
}

/** How far a share of that many users may be off by chance: five standard deviations, as a number of users. */
export function fiveSigma(percent: number, count: number): number {
  const share = percent / 100;
  return 5 * Math.sqrt(count * share * (1 - share));
}
