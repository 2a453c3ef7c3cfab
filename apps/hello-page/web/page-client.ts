import type { Outcome } from './exchange.js';

/** A request that takes longer is given up, in milliseconds. */
const giveUpMs = 15_000;

/** Longer answers are cut: they are names of versions here, not documents. */
const answerLength = 200;

/** Asks `/page` once; never rejects. */
export async function askPage(name: string, requestId: string): Promise<Outcome> {
  const query = name === '' ? '' : `?${new URLSearchParams({ name })}`;
  try {
    const response = await fetch(`/page${query}`, {
      headers: { accept: 'text/plain', 'x-request-id': requestId },
      cache: 'no-store',
      signal: AbortSignal.timeout(giveUpMs),
    });
    const text = (await response.text()).trim().slice(0, answerLength);
    return response.ok ? { kind: 'answer', text } : { kind: 'error', status: response.status, message: text };
  } catch (error) {
    return { kind: 'error', status: 0, message: error instanceof Error ? error.message : '' };
  }
}

/** A random UUID; `crypto.randomUUID` is missing where the page is opened by plain HTTP from another machine. */
export function newRequestId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
