import { MetricsServer, question } from '../testing/metrics-server.js';
import { PrometheusSource } from './prometheus-source.js';

describe('an answer that says less than it should does not count as data', () => {
  const series = { status: 'success', data: { resultType: 'matrix', result: [] } };

  it.each([
    {
      text: JSON.stringify({ ...series, warnings: ['store 2 is down'] }),
      reason: /answers in part only: store 2 is down/,
    },
    {
      text: JSON.stringify({ status: 'error', errorType: 'timeout', error: 'query timed out' }),
      reason: /refuses the query: timeout: query timed out/,
    },
    {
      text: JSON.stringify({ status: 'success', data: { resultType: 'vector', result: [] } }),
      reason: /answers vector/,
    },
    { text: '<html>', reason: /is not Prometheus' API/ },
    { text: 'null', reason: /is not Prometheus' API/ },
  ])('$text', async ({ text, reason }) => {
    await using server = await MetricsServer.listening();
    server.answer = { status: 200, text };
    const url = new URL(`http://127.0.0.1:${server.port}/prefix/`);
    const reading = await new PrometheusSource({ url }).look(question, undefined);
    expect(reading).toEqual({ kind: 'no-look', reason: expect.stringMatching(reason) });
  });
});
