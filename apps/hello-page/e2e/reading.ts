import type { Locator, Page } from 'playwright-core';

/** One line of "wanted and seen", as a user reads it. */
export interface Line {
  name: string;
  /** 0-100. */
  seen: number;
  verdict: string;
  failed: string;
}

/** What the page says of each answer. */
export function readLines(page: Page): Promise<Line[]> {
  return page.locator('#shares .share').evaluateAll((items) =>
    items.map((item) => {
      const text = (selector: string) => item.querySelector(selector)?.textContent ?? '';
      return {
        name: text('.share-name'),
        seen: Number.parseFloat(text('.share-seen')),
        verdict: text('.verdict').replaceAll('\u00a0', ' '),
        failed: text('.failed'),
      };
    }),
  );
}

/** How many requests the current statistics cover. */
export async function readPeriod(page: Page): Promise<{ text: string; requests: number }> {
  const text = await textOf(page.locator('#since'));
  return { text, requests: Number(/([\d,]+)\D*$/.exec(text)?.[1]?.replaceAll(',', '') ?? 0) };
}

/** Waits until the current statistics cover that many requests. */
export async function waitForRequests(page: Page, requests: number): Promise<void> {
  while ((await readPeriod(page)).requests < requests) await page.waitForTimeout(50);
}

/**
 * Waits until the statistics have begun anew after `before`, which has to be more than a second old; the figures of a page are written a few times a
 * second, not at once.
 */
export async function waitForNewPeriod(page: Page, before: { text: string }): Promise<void> {
  const beginning = ({ text }: { text: string }) => text.replace(/[\d,]+\D*$/, '');
  while (beginning(await readPeriod(page)) === beginning(before)) await page.waitForTimeout(50);
}

/** Waits until the page has learnt what each answer's share ought to be. */
export async function waitForWanted(page: Page): Promise<void> {
  await page.locator('#shares .verdict', { hasText: 'wanted' }).first().waitFor();
}

/** Counts the wall's pixels that have one of the page's colours, by custom property. */
export function countPixels(page: Page, properties: readonly string[]): Promise<Record<string, number>> {
  return page.evaluate((names) => {
    const canvas = document.querySelector<HTMLCanvasElement>('#wall canvas');
    const pixels = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    const probe = document.body.appendChild(document.createElement('i'));
    const wanted = names.map((name) => {
      probe.style.color = `var(--${name})`;
      return getComputedStyle(probe).color.match(/\d+/g)?.map(Number) ?? [];
    });
    probe.remove();
    const counts: Record<string, number> = Object.fromEntries(names.map((name) => [name, 0]));
    for (let at = 0; at < pixels.length; at += 4) {
      if (pixels[at + 3] !== 255) continue;
      const found = wanted.findIndex((colour) => colour.every((part, index) => part === pixels[at + index]));
      const name = names[found];
      if (name !== undefined) counts[name] = (counts[name] ?? 0) + 1;
    }
    return counts;
  }, properties);
}

/** All the text inside an element. */
export async function textOf(element: Locator): Promise<string> {
  return (await element.textContent()) ?? '';
}
