import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../tools/free-port.js';
import { encodeFieldValue } from './index.js';
import { install, pack } from './testing/packed.js';

/** A service whose route asks its own handler of messages over Redis, and one that tells it something. */
const SERVICE = `
require('reflect-metadata');
const { Controller, Get, Module, Query } = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');
const { ClientProxyFactory, EventPattern, MessagePattern, Transport } = require('@nestjs/microservices');
const { HeaderPropagation, HeaderPropagationModule } = require('@grayscale/header-propagation/nest');
const { lastValueFrom } = require('rxjs');

const port = Number(process.env.REDIS_PORT);
const options = { host: '127.0.0.1', port };
const clientTo = (host) => ClientProxyFactory.create({ transport: Transport.REDIS, options: { ...options, host } });
const [inside, outside] = [clientTo('127.0.0.1'), clientTo('localhost')];
let propagation;
const told = new Map();
class Pages {
  ask(host) { return lastValueFrom((host === 'outside' ? outside : inside).send('ask', {})); }
  async tell(id) {
    const heard = new Promise((resolve) => told.set(id, resolve));
    await lastValueFrom(inside.emit('tell', { id }), { defaultValue: undefined });
    return heard;
  }
  async asked() { await new Promise(setImmediate); return propagation.current(); }
  async onTold({ id }) { await new Promise(setImmediate); told.get(id)(propagation.current()); }
}
const decorate = (name, ...decorators) => {
  for (const one of decorators) one(Pages.prototype, name, Object.getOwnPropertyDescriptor(Pages.prototype, name));
};
decorate('ask', Get('ask'));
decorate('tell', Get('tell'));
decorate('asked', MessagePattern('ask'));
decorate('onTold', EventPattern('tell'));
Query('host')(Pages.prototype, 'ask', 0);
Query('id')(Pages.prototype, 'tell', 0);
Controller()(Pages);
class AppModule {}
Module({
  imports: [HeaderPropagationModule.forRoot({ rules: ['user', 'x-several'], targets: ['127.0.0.1'], clients: { microservices: true } })],
  controllers: [Pages],
})(AppModule);
const main = async () => {
  const app = await NestFactory.create(AppModule, { logger: false });
  propagation = app.get(HeaderPropagation);
  app.connectMicroservice({ transport: Transport.REDIS, options });
  await app.startAllMicroservices();
  await app.listen(0, '127.0.0.1');
  console.log(app.getHttpServer().address().port);
};
main();
`;

const isInstalled = spawnSync('redis-server', ['--version']).status === 0;
if (!isInstalled) {
  process.stdout.write(
    'Left out: messages over Redis, since redis-server is not installed (apt-get install redis-server).\n',
  );
}

let folder: string;
let tarball: string;
let redis: ChildProcess;
let redisPort: number;

(isInstalled ? describe : describe.skip)('messages over Redis', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'redis-'));
    redisPort = await freePort();
    const flags = ['--port', String(redisPort), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    redis = spawn('redis-server', [...flags, '--dir', folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ready = new Promise<void>((resolve, reject) => {
      redis.stdout?.on('data', (text) => String(text).includes('Ready to accept') && resolve());
      redis.on('exit', (code) => reject(new Error(`redis-server ended with ${code}`)));
    });
    [tarball] = await Promise.all([pack(folder), ready]);
  }, 120_000);
  afterAll(async () => {
    redis.kill();
    await once(redis, 'exit');
    await rm(folder, { recursive: true, force: true });
  });

  describe.each([10, 11, 12])('with Nest %i', (nest) => {
    let app: ChildProcess;
    let url: string;

    beforeAll(async () => {
      const nests = ['common', 'core', 'microservices', 'platform-express'].map(
        (name) => `@nestjs/${name}@${nest}`,
      );
      const cwd = await install(folder, `nest-${nest}`, [
        tarball,
        ...nests,
        'ioredis@5',
        'rxjs@7',
        'reflect-metadata',
      ]);
      await writeFile(join(cwd, 'service.cjs'), SERVICE);
      const env = { ...process.env, REDIS_PORT: String(redisPort) };
      app = spawn(process.execPath, ['service.cjs'], { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] });
      const [port] = await once(app.stdout as NonNullable<typeof app.stdout>, 'data');
      url = `http://127.0.0.1:${Number(port)}`;
    }, 240_000);
    afterAll(async () => {
      app.kill();
      await once(app, 'exit');
    });

    const get = async (path: string, headers: Record<string, string>) =>
      (await (await fetch(`${url}${path}`, { headers })).json()) as unknown;
    const user = encodeFieldValue('José');

    it('carry the headers as text, to those among the targets', async () => {
      expect(await get('/ask', { user, 'x-other': 'no' })).toEqual({ user: 'José' });
      expect(await get('/ask?host=outside', { user })).toEqual({});
      expect(await get('/ask', {})).toEqual({});
    });

    it('carry them with an event', async () => {
      expect(await get('/tell?id=1', { user })).toEqual({ user: 'José' });
    });

    it('keep 1,000 requests apart', async () => {
      const users = Array.from({ length: 1000 }, (_, index) => `user-${index}`);
      const answers = [];
      for (let at = 0; at < users.length; at += 50) {
        const some = users.slice(at, at + 50);
        answers.push(...(await Promise.all(some.map((one) => get('/ask', { user: one })))));
      }
      expect(answers).toEqual(users.map((one) => ({ user: one })));
    });
  });
});
