import { createService, type Service } from '@grayscale/service-runtime';
import request from 'supertest';
import { HelloModule, helloSettings } from './index.js';

let service: Service;

async function ask(environment: Record<string, string>, draw = 0.5) {
  const options = {
    name: 'hello',
    defaultPort: 0,
    settings: helloSettings,
    environment: { REQUEST_LOG: 'none', ...environment },
  };
  service = await createService(HelloModule.forRoot({ version: 2, random: () => draw }), options);
  await service.app.listen(0, '127.0.0.1');
  return request(service.app.getHttpServer()).get('/hello');
}

afterEach(() => service.app.close());

describe('GET /hello', () => {
  it('answers with the version as plain text', async () => {
    const response = await ask({});
    expect([response.status, response.text]).toEqual([200, 'hello 2']);
    expect(response.headers['content-type']).toBe('text/plain; charset=utf-8');
  });

  it.each([
    ['0', 0, 200],
    ['15', 0, 500],
    ['15', 0.1499, 500],
    ['15', 0.15, 200],
    ['0.5', 0.0049, 500],
    ['0.5', 0.005, 200],
    ['100', 0.9999, 500],
  ])('with ERROR_RATE=%s and the draw %d answers %d', async (rate, draw, status) => {
    expect((await ask({ ERROR_RATE: rate }, draw)).status).toBe(status);
  });

  it('waits for LATENCY_MS', async () => {
    const started = performance.now();
    await ask({ LATENCY_MS: '60' });
    expect(performance.now() - started).toBeGreaterThanOrEqual(59);
  });
});
