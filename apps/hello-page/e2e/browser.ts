import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const pictures = resolve(import.meta.dirname, '../../../artifacts/e2e');

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The browser that is installed: `CHROMIUM` names another place. Undefined when there is none. */
export function findBrowser(): string | undefined {
  return [process.env.CHROMIUM ?? '', ...places].find((place) => place !== '' && existsSync(place));
}

/** Starts the browser with an empty profile, silent towards the world. */
export function launchBrowser(executablePath: string): Promise<Browser> {
  const quiet = ['background-networking', 'component-update', 'sync', 'gpu'].map(
    (what) => `--disable-${what}`,
  );
  return chromium.launch({ executablePath, args: ['--no-sandbox', ...quiet] });
}

export const desktop = { width: 1280, height: 860 };
export const phone = { width: 390, height: 844 };

/** One open page, with all that went wrong in it and all that it asked for. */
export interface OpenPage {
  page: Page;
  /** Exceptions, violated policies, and dialogs, which no test of ours opens. */
  complaints: string[];
  /** The origins of all requests. */
  origins: Set<string>;
  /** Keeps what is to be seen as artifacts/e2e/NAME.png. */
  keep(name: string): Promise<void>;
  close(): Promise<void>;
}

/** Opens an address in a browser context of its own. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<OpenPage> {
  const context = await browser.newContext({ viewport: desktop, locale: 'en-GB', ...options });
  // The tests' own time limit is the bound.
  context.setDefaultTimeout(110_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  const origins = new Set<string>();
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // A failed request is what some tests are about; Chromium logs each.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text());
  });
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => origins.add(new URL(request.url()).origin));
  await page.goto(url);
  return {
    page,
    complaints,
    origins,
    keep: async (name) => {
      await mkdir(pictures, { recursive: true });
      await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
    },
    close: () => context.close(),
  };
}
