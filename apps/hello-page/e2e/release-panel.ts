import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { type Mode, modes } from './modes.js';
import type { Stack } from './stack.js';

/** Makes the demo's plan one of seconds rather than minutes. */
export async function hurryPlan(stack: Pick<Stack, 'folder'>, mode: Mode = 'internal'): Promise<void> {
  const plan = join(stack.folder, modes[mode].plans, 'hello-2.yaml');
  const text = await readFile(plan, 'utf8');
  const hurried = text
    .replaceAll('hold: 15s', 'hold: 1s')
    .replace('settle: 3s', 'settle: 300ms')
    .replace('steps:', 'noData: { after: 20s }\n  steps:');
  await writeFile(plan, hurried);
}

/** The page's panel of a release, as a user has it. */
export class ReleasePanel {
  readonly region: Locator;

  constructor(private readonly page: Page) {
    this.region = page.getByRole('region', { name: 'The release' });
  }

  /** Waits until the release is said to be in that state. */
  async waitFor(state: string): Promise<void> {
    await this.region.locator('.badge', { hasText: new RegExp(`^${state}$`) }).waitFor();
  }

  press(name: string): Promise<void> {
    return this.region.getByRole('button', { name, exact: true }).click();
  }

  journal(): Promise<string | null> {
    return this.region.locator('.journal').textContent();
  }

  evidence(): Promise<string | null> {
    return this.region.locator('.evidence').textContent();
  }

  /** Lets hello-2 fail that often. */
  async makeBad(percent: number): Promise<void> {
    await this.page.getByRole('slider', { name: 'Failures' }).fill(String(percent));
  }

  /** Whatever a test left: hello-2 is good again, and the rule is as it was. */
  async makeGood(stack: Pick<Stack, 'page'>): Promise<void> {
    await this.page.request.put(`${stack.page}/rehearsal/faults`, {
      data: { errorRate: 0, latencyMs: 0, silent: false },
    });
  }
}
