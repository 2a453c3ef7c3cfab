import type { WebhookAnswer, WebhookQuestion } from '@grayscale/release';

/** Longer than any gate should need; Flagger's own default. */
const timeoutMs = 10_000;

/** Asks a webhook in Flagger's form: 2xx is a yes. It never rejects; no answer is a no. */
export async function askWebhook({ key, url, body }: WebhookQuestion): Promise<WebhookAnswer> {
  const answer = (ok: boolean, message: string): WebhookAnswer => ({
    kind: 'webhook-answer',
    key,
    ok,
    message,
  });
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    await response.body?.cancel();
    return answer(response.ok, `${url} answered ${response.status}`);
  } catch (error) {
    const { name, cause, message } = error as Error;
    if (name === 'TimeoutError') return answer(false, `${url} did not answer within ${timeoutMs / 1000} s`);
    // A name with several addresses fails with an AggregateError, which has a code and no message.
    const { message: why, code } = (cause ?? {}) as NodeJS.ErrnoException;
    return answer(false, `${url} cannot be reached: ${why || code || message}`);
  }
}
