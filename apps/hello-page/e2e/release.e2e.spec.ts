import { readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { findBrowser, launchBrowser, type OpenPage, openPage, phone } from './browser.js';
import { type Stack, startStack } from './stack.js';

const executable = findBrowser();

/** The demo's plan, in seconds rather than minutes. */
const hurried = (text: string) =>
  text
    .replaceAll('hold: 15s', 'hold: 1s')
    .replace('settle: 3s', 'settle: 300ms')
    .replace('steps:', 'noData: { after: 20s }\n  steps:');

(executable === undefined ? describe.skip : describe)('a release in a real browser', () => {
  let stack: Stack;
  let browser: Browser;
  let opened: OpenPage;
  let page: Page;
  let rule: string;
  let untouched: string;

  beforeAll(async () => {
    stack = await startStack({ release: true });
    browser = await launchBrowser(executable ?? '');
    rule = join(stack.folder, 'internal/virtual-service-v2-10.yaml');
    untouched = await readFile(rule, 'utf8');
    const plan = join(stack.folder, 'release/hello-2.yaml');
    await writeFile(plan, hurried(await readFile(plan, 'utf8')));
    await rm(join(stack.folder, 'release/production.yaml'));
  });

  afterAll(async () => {
    await browser?.close();
    await stack?.stop();
  });

  beforeEach(async () => {
    opened = await openPage(browser, `${stack.page}/?rate=50`);
    ({ page } = opened);
    await page.getByRole('heading', { name: 'Release hello-2' }).waitFor();
  });

  afterEach(async () => {
    // Whatever a test left: hello-2 is good again, and the rule is as it was.
    await page.request.put(`${stack.page}/rehearsal/faults`, {
      data: { errorRate: 0, latencyMs: 0, silent: false },
    });
    const { complaints } = opened;
    await opened.close();
    expect(complaints).toEqual([]);
  });

  const panel = () => page.getByRole('region', { name: 'The release' });
  const badge = (text: string): Locator => panel().locator('.badge', { hasText: new RegExp(`^${text}$`) });
  const press = (name: string) => panel().getByRole('button', { name, exact: true }).click();
  const journal = () => panel().locator('.journal').textContent();

  async function makeBad(percent: number): Promise<void> {
    const slider = page.getByRole('slider', { name: 'Failures' });
    await slider.focus();
    for (let pressed = 0; pressed < percent; pressed += 5) await slider.press('ArrowRight');
  }

  it('reaches 100 % with a good hello-2, and undo gives the bytes back', async () => {
    await press('Start');
    await badge('done').waitFor();
    expect(await readFile(rule, 'utf8')).toBe(
      untouched.replace('weight: 90', 'weight: 0').replace('weight: 10', 'weight: 100'),
    );
    expect(await journal()).toMatch(/10 % -> 25 %|25 % -> 50 %/);
    await opened.keep('release-done');
    await press('Undo');
    await badge('undone').waitFor();
    expect(await readFile(rule, 'utf8')).toBe(untouched);
  });

  it('catches a bad hello-2 before the eyes of who watches, and says why', async () => {
    await press('Start');
    await badge('under way').waitFor();
    await makeBad(60);
    await badge('aborted').waitFor();
    expect(await readFile(rule, 'utf8')).toBe(untouched);
    const evidence = await panel().locator('.evidence').textContent();
    expect(evidence).toMatch(/\d+ of \d+ requests to hello\.hello-2 .*so many would be a 1 in [\d,]+ event/);
    expect(await panel().locator('.step.left').count()).toBe(1);
    await opened.keep('release-aborted');
  });

  it('pauses, goes on, and is taken out by hand', async () => {
    await press('Start');
    await badge('under way').waitFor();
    await press('Pause');
    await badge('paused').waitFor();
    await press('Go on');
    await badge('under way').waitFor();
    await press('Take it out');
    await badge('aborted').waitFor();
    expect(await readFile(rule, 'utf8')).toMatch(/weight: 100\n[\s\S]*weight: 0\n/);
    await press('Undo');
    await badge('undone').waitFor();
    expect(await readFile(rule, 'utf8')).toBe(untouched);
  });

  it('speaks Chinese, fits a phone, and offers itself to keyboards and screen readers', async () => {
    await page.getByRole('button', { name: '中文' }).click();
    await page.getByRole('heading', { name: '发布 hello-2' }).waitFor();
    await page.setViewportSize(phone);
    // Charts take their new size a moment after the page has taken its own.
    await page.waitForFunction((wanted) => document.documentElement.scrollWidth <= wanted, phone.width);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(phone.width);
    const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
    await page.evaluate(await readFile(axe, 'utf8'));
    const violations = await page.evaluate(async () => {
      const { axe } = window as unknown as {
        axe: { run(root: string): Promise<{ violations: { id: string }[] }> };
      };
      return (await axe.run('#release')).violations.map(({ id }) => id);
    });
    expect(violations).toEqual([]);
    await opened.keep('release-phone-chinese');
  });
});

(executable === undefined ? describe.skip : describe)('where there is no release controller', () => {
  it('the page has no panel of a release', async () => {
    const stack = await startStack();
    const browser = await launchBrowser(executable ?? '');
    try {
      const { page, close } = await openPage(browser, `${stack.page}/?rate=10`);
      await page.locator('#shares .share').first().waitFor();
      expect(await page.locator('#release').isVisible()).toBe(false);
      await close();
    } finally {
      await browser.close();
      await stack.stop();
    }
  });
});
