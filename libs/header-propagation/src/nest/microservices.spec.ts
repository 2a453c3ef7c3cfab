import 'reflect-metadata';
import { join } from 'node:path';
import { Metadata } from '@grpc/grpc-js';
import {
  type CanActivate,
  Controller,
  type INestApplication,
  Inject,
  Injectable,
  Module,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  type ClientGrpc,
  ClientProxyFactory,
  EventPattern,
  GrpcMethod,
  MessagePattern,
  type MicroserviceOptions,
  Transport,
} from '@nestjs/microservices';
import { ExpressAdapter } from '@nestjs/platform-express';
import { lastValueFrom, type Observable, of } from 'rxjs';
import { freePorts } from '../../../../tools/free-port.js';
import { HeaderPropagation, HeaderPropagationInterceptor, HeaderPropagationModule } from './index.js';

let seenByGuard: unknown;
let event: (headers: unknown) => void = () => undefined;

@Injectable()
class Guard implements CanActivate {
  constructor(@Inject(HeaderPropagation) private readonly headers: HeaderPropagation) {}
  canActivate() {
    seenByGuard = this.headers.current();
    return true;
  }
}

@Controller()
@UseGuards(Guard)
class Handlers {
  constructor(@Inject(HeaderPropagation) private readonly headers: HeaderPropagation) {}

  @MessagePattern('ask')
  async ask() {
    await new Promise(setImmediate);
    return this.headers.current();
  }

  @EventPattern('tell')
  async tell(_data: unknown) {
    await new Promise(setImmediate);
    event(this.headers.current());
  }

  @GrpcMethod('Hello', 'Ask')
  @UseInterceptors(HeaderPropagationInterceptor)
  grpc() {
    return { headers: JSON.stringify(this.headers.current()) };
  }

  @GrpcMethod('Hello', 'AskMany')
  @UseInterceptors(HeaderPropagationInterceptor)
  grpcMany() {
    return of({ headers: JSON.stringify(this.headers.current()) });
  }
}

@Module({
  imports: [
    HeaderPropagationModule.forRoot({
      rules: ['user', 'x-several', 'grpc-trace-bin'],
      targets: ['127.0.0.1'],
      clients: { microservices: true },
    }),
  ],
  controllers: [Handlers],
  providers: [Guard],
})
class AppModule {}

interface Hello {
  ask(question: object, ...rest: unknown[]): Observable<{ headers: string }>;
  askMany(question: object, ...rest: unknown[]): Observable<{ headers: string }>;
}

describe('the clients of microservices', () => {
  let app: INestApplication;
  let tcp: { host: string; port: number };
  let grpc: { url: string; package: string; protoPath: string };
  let propagation: HeaderPropagation;
  const captured = { user: 'José', 'x-several': ['1', '2'] };
  const inRequest = <T>(fn: () => T) => propagation.runWith(captured, fn);

  beforeAll(async () => {
    const [tcpPort = 0, grpcPort = 0] = await freePorts(2);
    tcp = { host: '127.0.0.1', port: tcpPort };
    grpc = {
      url: `127.0.0.1:${grpcPort}`,
      package: 'hello',
      protoPath: join(import.meta.dirname, '../testing/hello.proto'),
    };
    app = await NestFactory.create(AppModule, new ExpressAdapter(), { logger: false });
    app.connectMicroservice<MicroserviceOptions>({ transport: Transport.TCP, options: tcp });
    app.connectMicroservice<MicroserviceOptions>({ transport: Transport.GRPC, options: grpc });
    await app.startAllMicroservices();
    await app.init();
    propagation = app.get(HeaderPropagation);
  });
  afterAll(() => app.close());

  it('send the headers over TCP, to handlers and guards, and to nobody outside the targets', async () => {
    const client = ClientProxyFactory.create({ transport: Transport.TCP, options: tcp });
    const outside = ClientProxyFactory.create({
      transport: Transport.TCP,
      options: { ...tcp, host: 'localhost' },
    });
    expect(await inRequest(() => lastValueFrom(client.send('ask', {})))).toEqual(captured);
    expect(seenByGuard).toEqual(captured);
    expect(await lastValueFrom(client.send('ask', {}))).toEqual({});
    expect(await inRequest(() => lastValueFrom(outside.send('ask', {})))).toEqual({});
    client.close();
    outside.close();
  });

  it('send the headers with an event', async () => {
    const client = ClientProxyFactory.create({ transport: Transport.TCP, options: tcp });
    const told = new Promise((resolve) => {
      event = resolve;
    });
    await inRequest(() => lastValueFrom(client.emit('tell', {}), { defaultValue: undefined }));
    expect(await told).toEqual(captured);
    client.close();
  });

  it('keep 500 messages on one connection apart', async () => {
    const client = ClientProxyFactory.create({ transport: Transport.TCP, options: tcp });
    const users = Array.from({ length: 500 }, (_, index) => `user-${index}`);
    const answers = await Promise.all(
      users.map((user) => propagation.runWith({ user }, () => lastValueFrom(client.send('ask', {})))),
    );
    expect(answers).toEqual(users.map((user) => ({ user })));
    client.close();
  });

  it('send the headers with gRPC, beside the metadata of the application', async () => {
    const client = ClientProxyFactory.create({
      transport: Transport.GRPC,
      options: grpc,
    }) as unknown as ClientGrpc;
    const hello = client.getService<Hello>('Hello');
    const own = new Metadata();
    own.set('user', 'mine');
    const incoming = { user: 'test', 'grpc-trace-bin': Buffer.from('trace').toString('base64') };
    const ask = (method: 'ask' | 'askMany', ...rest: unknown[]) =>
      propagation.runWith(incoming, async () =>
        JSON.parse((await lastValueFrom(hello[method]({ text: 'x' }, ...rest))).headers),
      );
    expect(await ask('ask')).toEqual(incoming);
    expect(await ask('askMany')).toEqual(incoming);
    expect(await ask('ask', own)).toEqual({ ...incoming, user: 'mine' });
    expect(own.getMap()).toEqual({ user: 'mine' });
    expect(JSON.parse((await lastValueFrom(hello.ask({ text: 'x' }))).headers)).toEqual({});
  });
});
