import { execFile } from 'node:child_process';
import { constants, openSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { accessRecord } from '../testing/access-record.js';
import { AccessLog } from './access-log.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'access-log-'));
});
afterAll(() => rm(folder, { recursive: true }));

const ok = accessRecord();
const failed = accessRecord({ status: 503, flags: ['UH'] });
const notFound = accessRecord({ status: 404 });

describe('the access log', () => {
  const selections: Array<['off' | 'errors' | 'all', number[]]> = [
    ['off', []],
    ['errors', [503]],
    ['all', [200, 503, 404]],
  ];
  it.each(selections)('%s: writes the statuses %p', async (which, statuses) => {
    const descriptor = openSync(join(folder, which), 'w');
    const log = new AccessLog({ which, format: 'json', descriptor });
    for (const record of [ok, failed, notFound]) log.record(record);
    await log.close();
    const lines = (await readFile(join(folder, which), 'utf8')).split('\n').filter((line) => line !== '');
    expect(lines.map((line) => JSON.parse(line).response_code)).toEqual(statuses);
  });

  it("writes Envoy's text, a line for each", async () => {
    const descriptor = openSync(join(folder, 'text'), 'w');
    const log = new AccessLog({ which: 'all', format: 'text', descriptor });
    log.record(ok);
    log.record(ok);
    await log.close();
    const line =
      '[2026-01-02T00:00:00.000Z] "GET /hello HTTP/1.1" 200 - 0 7 3 2 "-" "-" "an-id" "hello.com" "127.0.0.1:1"\n';
    expect(await readFile(join(folder, 'text'), 'utf8')).toBe(line + line);
  });

  it('does not wait for a reader that does not read', async () => {
    const pipe = join(folder, 'pipe');
    await promisify(execFile)('mkfifo', [pipe]);
    const descriptor = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK);
    const log = new AccessLog({ which: 'all', format: 'text', descriptor });
    const record = accessRecord({ path: `/${'x'.repeat(10_000)}` });
    for (let count = 0; count < 5000; count += 1) log.record(record);
    await log.close(10);
    expect(process.memoryUsage().external).toBeLessThan(200 * 1024 * 1024);
  });
});
