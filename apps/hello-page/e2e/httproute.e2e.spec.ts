import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { findBrowser, launchBrowser, type OpenPage, openPage } from './browser.js';
import {
  readLines,
  readPeriod,
  textOf,
  waitForNewPeriod,
  waitForRequests,
  waitForWanted,
} from './reading.js';
import { hurryPlan, ReleasePanel } from './release-panel.js';
import { Rules } from './rules.js';
import { type Stack, startStack } from './stack.js';

const executable = findBrowser();

(executable === undefined ? describe.skip : describe)(
  'the page in a real browser, where the rule is an HTTPRoute',
  () => {
    let stack: Stack;
    let rules: Rules;
    let untouched: string;
    let browser: Browser;
    let opened: OpenPage;
    let page: Page;
    let panel: ReleasePanel;

    beforeAll(async () => {
      stack = await startStack({ mode: 'httproute', release: true });
      rules = new Rules(stack, 'httproute');
      untouched = await readFile(rules.percent, 'utf8');
      await hurryPlan(stack, 'httproute');
      browser = await launchBrowser(executable ?? '');
    });

    afterAll(async () => {
      await browser?.close();
      await stack?.stop();
    });

    beforeEach(async () => {
      opened = await openPage(browser, `${stack.page}/?rate=50`);
      ({ page } = opened);
      panel = new ReleasePanel(page);
      await waitForWanted(page);
    });

    afterEach(async () => {
      await panel.makeGood(stack);
      await rules.restore();
      const { complaints } = opened;
      await opened.close();
      expect(complaints).toEqual([]);
    });

    const wanted = async () =>
      (await readLines(page)).map(({ name, verdict }) => [name, /^[\d.]+ % wanted/.exec(verdict)?.[0]]);

    it('shows the split, and follows it when the weights are edited or the rule is by user', async () => {
      await waitForRequests(page, 100);
      expect(await wanted()).toEqual([
        ['hello 1', '90 % wanted'],
        ['hello 2', '10 % wanted'],
      ]);
      const before = await readPeriod(page);
      await rules.setWeights(20, 80);
      await page.getByText('Since the rule changed').waitFor();
      await waitForNewPeriod(page, before);
      await waitForRequests(page, 100);
      expect(await wanted()).toEqual([
        ['hello 1', '20 % wanted'],
        ['hello 2', '80 % wanted'],
      ]);
      await rules.switchToUser('张三');
      await page.locator('#rule-in-force', { hasText: 'http-route-test-v1.yaml' }).waitFor();
      await page.getByRole('textbox').fill('张三');
      await page.getByText('Since the name changed').waitFor();
      await waitForRequests(page, 60);
      expect((await readLines(page))[0]).toMatchObject({ name: 'hello 1', seen: 100 });
    });

    it('names file and line of a broken route, and keeps the last good split', async () => {
      const line = untouched.split('\n').findIndex((text) => text.includes('weight:')) + 1;
      await rules.edit(rules.percent, (text) => text.replace('weight: 90', 'weight: ninety'));
      const banner = page.getByRole('alert');
      await banner.waitFor();
      expect(await textOf(banner)).toMatch(new RegExp(`http-route-v2-10\\.yaml:${line}\\b`));
      expect(await wanted()).toContainEqual(['hello 1', '90 % wanted']);
      await rules.restore();
      await banner.waitFor({ state: 'hidden' });
    });

    it('explains a dot by the HTTPRoute, its file and its backend', async () => {
      await waitForRequests(page, 100);
      await page.locator('#wall').press('Home');
      await page.locator('#chosen dd', { hasText: /hello-ext-svc/ }).waitFor();
      const facts = await textOf(page.locator('#chosen'));
      expect(facts).toMatch(/internal-httproute\/http-route-v2-10\.yaml:\d+/);
      expect(facts).toMatch(/hello\.hello-[12]\.svc\.cluster\.local:8080 \((90|10)\s%\)/);
      await opened.keep('httproute-explained-dot');
    });

    it('carries the release of a good hello-2 out, and undo gives the bytes back', async () => {
      await panel.press('Start');
      await panel.waitFor('done');
      expect(await readFile(rules.percent, 'utf8')).toBe(
        untouched.replace('weight: 90', 'weight: 0').replace('weight: 10', 'weight: 100'),
      );
      await opened.keep('httproute-release-done');
      await panel.press('Undo');
      await panel.waitFor('undone');
      expect(await readFile(rules.percent, 'utf8')).toBe(untouched);
    });

    it('takes a bad hello-2 back, and says why', async () => {
      await panel.press('Start');
      await panel.waitFor('under way');
      await panel.makeBad(60);
      await panel.waitFor('aborted');
      expect(await readFile(rules.percent, 'utf8')).toBe(untouched);
      expect(await panel.evidence()).toMatch(/\d+ of \d+ requests to hello\.hello-2/);
    });
  },
);
