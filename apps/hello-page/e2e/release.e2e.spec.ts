import { readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { findBrowser, launchBrowser, type OpenPage, openPage, phone } from './browser.js';
import { hurryPlan, ReleasePanel } from './release-panel.js';
import { type Stack, startStack } from './stack.js';

const executable = findBrowser();

(executable === undefined ? describe.skip : describe)('a release in a real browser', () => {
  let stack: Stack;
  let browser: Browser;
  let opened: OpenPage;
  let page: Page;
  let panel: ReleasePanel;
  let rule: string;
  let untouched: string;

  beforeAll(async () => {
    stack = await startStack({ release: true });
    browser = await launchBrowser(executable ?? '');
    rule = join(stack.folder, 'internal/virtual-service-v2-10.yaml');
    untouched = await readFile(rule, 'utf8');
    await hurryPlan(stack);
    await rm(join(stack.folder, 'release/production.yaml'));
  });

  afterAll(async () => {
    await browser?.close();
    await stack?.stop();
  });

  beforeEach(async () => {
    opened = await openPage(browser, `${stack.page}/?rate=50`);
    ({ page } = opened);
    panel = new ReleasePanel(page);
    await page.getByRole('heading', { name: 'Release hello-2' }).waitFor();
  });

  afterEach(async () => {
    await panel.makeGood(stack);
    const { complaints } = opened;
    await opened.close();
    expect(complaints).toEqual([]);
  });

  it('reaches 100 % with a good hello-2, and undo gives the bytes back', async () => {
    await panel.press('Start');
    await panel.waitFor('done');
    expect(await readFile(rule, 'utf8')).toBe(
      untouched.replace('weight: 90', 'weight: 0').replace('weight: 10', 'weight: 100'),
    );
    expect(await panel.journal()).toMatch(/10 % -> 25 %|25 % -> 50 %/);
    await opened.keep('release-done');
    await panel.press('Undo');
    await panel.waitFor('undone');
    expect(await readFile(rule, 'utf8')).toBe(untouched);
  });

  it('catches a bad hello-2 before the eyes of who watches, and says why', async () => {
    await panel.press('Start');
    await panel.waitFor('under way');
    await panel.makeBad(60);
    await panel.waitFor('aborted');
    expect(await readFile(rule, 'utf8')).toBe(untouched);
    expect(await panel.evidence()).toMatch(
      /\d+ of \d+ requests to hello\.hello-2 .*so many would be a 1 in [\d,]+ event/,
    );
    expect(await panel.region.locator('.step.left').count()).toBe(1);
    await opened.keep('release-aborted');
  });

  it('pauses, goes on, and is taken out by hand', async () => {
    await panel.press('Start');
    await panel.waitFor('under way');
    await panel.press('Pause');
    await panel.waitFor('paused');
    await panel.press('Go on');
    await panel.waitFor('under way');
    await panel.press('Take it out');
    await panel.waitFor('aborted');
    expect(await readFile(rule, 'utf8')).toMatch(/weight: 100\n[\s\S]*weight: 0\n/);
    await panel.press('Undo');
    await panel.waitFor('undone');
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
