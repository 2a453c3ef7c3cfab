import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Browser, BrowserContextOptions, Locator } from 'playwright-core';
import { findBrowser, launchBrowser, type OpenPage, openPage, phone } from './browser.js';
import {
  countPixels,
  readLines,
  readPeriod,
  textOf,
  waitForNewPeriod,
  waitForRequests,
  waitForWanted,
} from './reading.js';
import { Rules } from './rules.js';
import { type Stack, startStack } from './stack.js';

const executable = findBrowser();
if (executable === undefined)
  console.warn(
    'Left out: the real-browser tests of the live page. No Chromium was found; apt-get install chromium, or set CHROMIUM.',
  );

/** Five standard deviations of a share, in percent: a fair split fails this once in about two million runs. */
function fiveSigma(requests: number, percent: number): number {
  return 5 * Math.sqrt((percent * (100 - percent)) / requests);
}

(executable === undefined ? describe.skip : describe)('the live page in a real browser', () => {
  let stack: Stack;
  let rules: Rules;
  let browser: Browser;
  let opened: OpenPage | undefined;

  beforeAll(async () => {
    stack = await startStack();
    rules = new Rules(stack);
    browser = await launchBrowser(executable ?? '');
  });

  afterAll(async () => {
    await browser?.close();
    await stack?.stop();
  });

  afterEach(async () => {
    const { complaints, origins } = opened ?? { complaints: [], origins: new Set([stack.page]) };
    await opened?.close();
    opened = undefined;
    await rules.restore();
    expect(complaints).toEqual([]);
    // Nothing was asked of any other site, whatever the test did.
    expect([...origins]).toEqual([stack.page]);
  });

  async function open(query: string, options?: BrowserContextOptions): Promise<OpenPage> {
    opened = await openPage(browser, `${stack.page}/${query}`, options);
    return opened;
  }

  it('shows dots in the share that the rule wants', async () => {
    const { page, keep } = await open('?rate=50');
    await waitForWanted(page);
    await waitForRequests(page, 400);
    const [first, second] = await readLines(page);
    expect([first?.name, second?.name]).toEqual(['hello 1', 'hello 2']);
    expect(Math.abs((first?.seen ?? 0) - 90)).toBeLessThan(fiveSigma(400, 90));
    expect(first?.verdict).toMatch(/^90 % wanted, [\d.]+ % ± [\d.]+ % seen: (as expected|a little off)/);
    expect(second?.verdict).toMatch(/^10 % wanted/);
    const pixels = await countPixels(page, ['answer-0', 'answer-1', 'error']);
    const painted = (pixels['answer-0'] ?? 0) + (pixels['answer-1'] ?? 0);
    expect(Math.abs((100 * (pixels['answer-0'] ?? 0)) / painted - 90)).toBeLessThan(fiveSigma(200, 90));
    expect(pixels.error).toBe(0);
    await keep('percent-desktop-light');
  });

  it('shows one colour to test under the rule by user, and the other to nobody', async () => {
    await rules.switchToUser();
    const { page, keep } = await open('?rate=50');
    await page.locator('#rule-in-force', { hasText: 'virtual-service-test-v1.yaml' }).waitFor();
    await page.getByRole('textbox').fill('test');
    await page.getByText('Since the name changed').waitFor();
    await expectForwarded(page.locator('#forwarded'), 'sends user: test');
    await waitForRequests(page, 60);
    expect(await readLines(page)).toMatchObject([
      { name: 'hello 1', seen: 100, verdict: expect.stringMatching(/^100 % wanted, 100 % .*: as expected$/) },
      { name: 'hello 2', seen: 0 },
    ]);
    await keep('by-user-test');
    const before = await readPeriod(page);
    await page.getByRole('button', { name: 'nobody' }).click();
    await expectForwarded(page.locator('#forwarded'), 'sends no user header');
    await waitForNewPeriod(page, before);
    await waitForRequests(page, 60);
    expect((await readLines(page)).find(({ name }) => name === 'hello 2')).toMatchObject({
      seen: 100,
      verdict: expect.stringMatching(/^100 % wanted/),
    });
    await keep('by-user-nobody');
  });

  it('follows an edited rule without a reload', async () => {
    const { page, keep } = await open('?rate=50');
    await waitForWanted(page);
    await waitForRequests(page, 100);
    await page.evaluate(() => Object.assign(window, { loadedOnce: true }));
    const saved = Date.now();
    await rules.setWeights(20, 80);
    await page.getByText('Since the rule changed').waitFor();
    console.log(`The page noticed the edited rule after ${Date.now() - saved} ms.`);
    await waitForRequests(page, 300);
    const [first] = await readLines(page);
    expect(first?.verdict).toMatch(/^20 % wanted/);
    expect(Math.abs((first?.seen ?? 0) - 20)).toBeLessThan(fiveSigma(300, 20));
    expect(await page.evaluate(() => 'loadedOnce' in window)).toBe(true);
    await keep('rule-changed');
  });

  it('names file and line of a broken rule, and takes the banner away when it is repaired', async () => {
    const { page, keep } = await open('?rate=50');
    await waitForWanted(page);
    const line =
      (await readFile(rules.percent, 'utf8')).split('\n').findIndex((text) => text.includes('weight:')) + 1;
    await rules.setWeights(Number.NaN, 10);
    const banner = page.getByRole('alert');
    await banner.waitFor();
    expect(await textOf(banner)).toMatch(new RegExp(`virtual-service-v2-10\\.yaml:${line}\\b`));
    expect(await textOf(banner)).toContain('The last good rules stay in force.');
    const { requests } = await readPeriod(page);
    await waitForRequests(page, requests + 100);
    expect((await readLines(page))[0]?.verdict).toMatch(/^90 % wanted/);
    await keep('broken-rule');
    await rules.restore();
    await banner.waitFor({ state: 'hidden' });
  });

  it('shows a killed backend in red, does not blame the rule, and recovers', async () => {
    const { page, keep } = await open('?rate=50');
    await waitForWanted(page);
    await waitForRequests(page, 100);
    await stack.kill('hello-1');
    await page.locator('#shares .failed', { hasText: 'failed' }).waitFor();
    const { requests } = await readPeriod(page);
    await waitForRequests(page, requests + 100);
    expect((await countPixels(page, ['error'])).error).toBeGreaterThan(1000);
    const lines = await readLines(page);
    expect(lines[0]).toMatchObject({
      name: 'hello 1',
      failed: expect.stringMatching(/^\d+ of them failed$/),
    });
    expect(lines[0]?.verdict).not.toMatch(/not what the rule says|too many errors/);
    expect(lines.at(-1)).toMatchObject({ name: 'Errors' });
    await keep('killed-backend');
    await stack.start('hello-1');
    await page.getByRole('button', { name: 'Reset' }).click();
    await waitForRequests(page, 50);
    await page.locator('#shares .share-name', { hasText: 'hello 1' }).waitFor();
  });

  it.each(['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>'])(
    'takes the name %s for a name',
    async (name) => {
      const { page, keep } = await open('?rate=50');
      await page.getByRole('textbox').fill(name);
      await expectForwarded(page.locator('#forwarded'), `sends user: ${name}`);
      await page.getByText('Since the name changed').waitFor();
      await waitForRequests(page, 30);
      await page.locator('#wall').press('Home');
      await page.locator('#chosen dd', { hasText: name }).waitFor();
      expect(await page.locator('script, img').count()).toBe(1);
      await keep(`hostile-name-${name.includes('img') ? 'img' : 'script'}`);
    },
  );

  it('sends 张三 as an Envoy reads it', async () => {
    await rules.switchToUser('张三');
    const { page, keep } = await open(`?rate=50&name=${encodeURIComponent('张三')}&lang=zh`);
    await page.locator('#rule-in-force', { hasText: 'virtual-service-test-v1.yaml' }).waitFor();
    await waitForRequests(page, 60);
    const before = await readPeriod(page);
    await page.getByRole('button', { name: '清零' }).click();
    await waitForNewPeriod(page, before);
    await waitForRequests(page, 60);
    expect(await readLines(page)).toMatchObject([
      { name: 'hello 1', seen: 100, verdict: expect.stringMatching(/^应有 100 %，实见 100 % .*：符合预期$/) },
    ]);
    await expectForwarded(page.locator('#forwarded'), '发送 user: 张三');
    await keep('chinese-name');
  });

  it('speaks both languages, and a link keeps the choice', async () => {
    const { page, keep } = await open('', { locale: 'zh-CN' });
    await page.getByRole('heading', { name: '应有与实见' }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN');
    await page.getByRole('button', { name: 'EN' }).click();
    await page.getByRole('heading', { name: 'Wanted and seen' }).waitFor();
    expect(new URL(page.url()).search).toBe('?lang=en');
    await page.reload();
    await page.getByRole('heading', { name: 'Wanted and seen' }).waitFor();
    await page.getByRole('button', { name: '中文' }).click();
    await waitForWantedIn(page.locator('#shares .verdict'), '应有');
    await keep('chinese-light');
  });

  it('keeps who, rate and pause in the address, and a shared link opens that view', async () => {
    const { page } = await open('');
    await page.getByRole('button', { name: 'test', exact: true }).click();
    await page.getByRole('slider').fill('25');
    await page.getByRole('button', { name: 'Pause' }).click();
    expect(new URL(page.url()).search).toBe('?name=test&rate=25&paused=1');
    await page.goto(page.url());
    expect(await page.getByRole('textbox').inputValue()).toBe('test');
    expect(await textOf(page.locator('#rate-value'))).toBe('25');
    await page.waitForTimeout(500);
    expect((await readPeriod(page)).requests).toBe(0);
    await page.getByRole('button', { name: 'Go on' }).click();
    await waitForRequests(page, 10);
  });

  it('stops by itself while nobody can see it', async () => {
    const { page } = await open('?rate=50');
    await waitForRequests(page, 20);
    // A headless browser hides no tab, so the page is told what it would be told.
    await tellHidden(true);
    // What is under way comes to its end; then nothing comes any more.
    let hidden = -1;
    for (let now = 0; now !== hidden; now = (await readPeriod(page)).requests) {
      hidden = now;
      await page.waitForTimeout(1000);
    }
    await tellHidden(false);
    await waitForRequests(page, hidden + 20);

    async function tellHidden(value: boolean): Promise<void> {
      await page.evaluate((is) => {
        Object.defineProperty(document, 'hidden', { value: is, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
      }, value);
    }
  });

  it('explains a dot, by mouse and by keyboard', async () => {
    const { page, keep } = await open('?rate=50');
    await waitForWanted(page);
    await waitForRequests(page, 100);
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.locator('#wall').click({ position: { x: 300, y: 40 } });
    await page.locator('#chosen dd', { hasText: /hello-ext-svc, rule\s1/ }).waitFor();
    const facts = await textOf(page.locator('#chosen'));
    expect(facts).toMatch(/internal\/virtual-service-v2-10\.yaml:\d+/);
    expect(facts).toMatch(/hello\.hello-[12]\.svc\.cluster\.local:8080 \((90|10)\s%\)/);
    expect(facts).toMatch(/127\.0\.0\.1:\d+/);
    await keep('explained-dot');
    await page.getByRole('listbox').focus();
    await page.keyboard.press('Home');
    const newest = await textOf(page.getByRole('option'));
    await page.keyboard.press('ArrowRight');
    const older = await textOf(page.getByRole('option'));
    const number = (text: string) => Number(/[\d,]+/.exec(text)?.[0].replaceAll(',', ''));
    expect(number(newest) - number(older)).toBe(1);
    await page.keyboard.press('Escape');
    await page.getByText('Choose a dot on the wall.').waitFor();
  });

  const looks = [
    { name: 'desktop-light', options: { colorScheme: 'light' as const } },
    { name: 'desktop-dark', options: { colorScheme: 'dark' as const } },
    { name: 'phone-light', options: { colorScheme: 'light' as const, viewport: phone } },
    { name: 'phone-dark-zh', options: { colorScheme: 'dark' as const, viewport: phone, locale: 'zh-CN' } },
  ];

  it.each(looks)('is accessible: axe finds nothing serious ($name)', async ({ name, options }) => {
    const { page, keep } = await open('?rate=50', options);
    await waitForRequests(page, 200);
    await page.locator('#wall').press('Home');
    await rules.setWeights(Number.NaN, 10);
    await page.getByRole('alert').waitFor();
    const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    await page.evaluate(axe);
    const found = await page.evaluate(async () => {
      const { violations } = await (window as unknown as { axe: typeof import('axe-core') }).axe.run();
      return violations.map(
        ({ id, impact, nodes }) => `${impact} ${id}: ${nodes.map(({ html }) => html).join(' ')}`,
      );
    });
    expect(found.filter((violation) => /^(serious|critical)/.test(violation))).toEqual([]);
    await keep(`axe-${name}`);
    // Nothing runs over the edge of a narrow screen.
    expect(
      await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
    ).toBeLessThanOrEqual(0);
  });

  it('is painted after less than 50 kB over the wire', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const network = await context.newCDPSession(page);
    await network.send('Network.enable');
    const sizes = new Map<string, number>();
    const urls = new Map<string, string>();
    network.on('Network.requestWillBeSent', ({ requestId, request }) =>
      urls.set(requestId, new URL(request.url).pathname),
    );
    network.on('Network.loadingFinished', ({ requestId, encodedDataLength }) =>
      sizes.set(urls.get(requestId) ?? '', encodedDataLength),
    );
    await page.goto(`${stack.page}/?paused=1`, { waitUntil: 'load' });
    const shell = [...sizes].filter(([path]) => path === '/' || path.startsWith('/assets/'));
    const bytes = shell.reduce((sum, [, size]) => sum + size, 0);
    console.log(`First paint: ${bytes} bytes over the wire in ${shell.length} answers.`);
    expect(shell.length).toBeGreaterThanOrEqual(3);
    expect(bytes).toBeLessThan(50_000);
    await context.close();
  });
});

(executable === undefined ? describe.skip : describe)('the live page without a local mesh', () => {
  it('shows what is seen, and is silent about what is wanted', async () => {
    const stack = await startStack({ admin: false });
    const browser = await launchBrowser(executable ?? '');
    const { page, keep, complaints, close } = await openPage(browser, `${stack.page}/?rate=50`);
    await waitForRequests(page, 150);
    expect(await page.locator('#why').isVisible()).toBe(false);
    for (const { verdict } of await readLines(page)) expect(verdict).toMatch(/^[\d.]+ % ± [\d.]+ % seen$/);
    await keep('without-a-mesh');
    expect(complaints).toEqual([]);
    await close();
    await browser.close();
    await stack.stop();
  });
});

async function expectForwarded(element: Locator, text: string): Promise<void> {
  await element
    .getByText(text, { exact: true })
    .or(element.filter({ hasText: text }))
    .first()
    .waitFor();
  expect(await textOf(element)).toBe(text);
}

async function waitForWantedIn(verdicts: Locator, word: string): Promise<void> {
  await verdicts.filter({ hasText: word }).first().waitFor();
}
