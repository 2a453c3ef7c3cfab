import 'reflect-metadata';
import { Controller, Inject, Module, UseInterceptors } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  Ctx,
  type CustomTransportStrategy,
  KafkaContext,
  MessagePattern,
  MqttContext,
  NatsContext,
  RmqContext,
  Server,
  TcpContext,
} from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import { HeaderPropagation, HeaderPropagationInterceptor, HeaderPropagationModule } from './index.js';
import { messageHeaders } from './message-headers.js';

const contexts: Record<string, object> = {
  NATS: new NatsContext(['hello', new Map([['User', ['test']]])] as never),
  Kafka: new KafkaContext([{ headers: { user: Buffer.from('test') } }] as never),
  RabbitMQ: new RmqContext([
    { properties: { headers: { user: 'test', tries: 3 } } },
    undefined,
    'hello',
  ] as never),
  MQTT: new MqttContext(['hello', { properties: { userProperties: { user: 'test' } } }] as never),
  gRPC: { getMap: () => ({ user: 'test', 'trace-bin': Buffer.from('x') }) },
};

const contextOf = (type: string, held: unknown) =>
  ({
    getType: () => type,
    switchToRpc: () => ({ getContext: () => held }),
    switchToWs: () => ({ getClient: () => held }),
  }) as never;

describe('the headers of a message', () => {
  it.each(Object.keys(contexts))('are found where %s keeps them', (transport) => {
    expect(messageHeaders(contextOf('rpc', contexts[transport]))).toMatchObject({ user: 'test' });
  });

  it.each([
    ['socket.io', { handshake: { headers: { user: 'test' } } }],
    ['ws', { upgradeReq: { headers: { user: 'test' } } }],
  ])('are those of the client of %s', (_, client) => {
    expect(messageHeaders(contextOf('ws', client))).toEqual({ user: 'test' });
  });

  it('are none over TCP, and not looked for in HTTP', () => {
    expect(messageHeaders(contextOf('rpc', new TcpContext([{} as never, 'hello'])))).toBeUndefined();
    expect(messageHeaders(contextOf('http', undefined))).toBeUndefined();
  });
});

/** A transport within the process: Nest's own dispatch, guards and interceptors, with a message of our choice. */
class LoopbackServer extends Server implements CustomTransportStrategy {
  listen(callback: () => void): void {
    callback();
  }
  close(): void {}
  on(): void {}
  unwrap<T>(): T {
    return undefined as T;
  }
  async ask(pattern: string, context: object): Promise<unknown> {
    const handler = this.getHandlerByPattern(pattern);
    return lastValueFrom(this.transformToObservable(await handler?.({}, context)) as never);
  }
}

@Controller()
@UseInterceptors(HeaderPropagationInterceptor)
class MessageController {
  constructor(@Inject(HeaderPropagation) private readonly headers: HeaderPropagation) {}

  @MessagePattern('hello')
  async hello(@Ctx() _context: object) {
    await new Promise(setImmediate);
    return this.headers.current();
  }
}

@Module({
  imports: [HeaderPropagationModule.forRoot({ rules: ['user'] })],
  controllers: [MessageController],
})
class MessageModule {}

describe('HeaderPropagationInterceptor', () => {
  it('runs a handler with what its message brought, and mixes nothing up', async () => {
    const strategy = new LoopbackServer();
    const app = await NestFactory.createMicroservice(MessageModule, { strategy, logger: false });
    await app.listen();
    const users = Array.from({ length: 50 }, (_, index) => `user-${index}`);
    const answers = await Promise.all(
      users.map((user) =>
        strategy.ask('hello', new NatsContext(['hello', new Map([['user', [user]]])] as never)),
      ),
    );
    const none = await strategy.ask('hello', new TcpContext([{} as never, 'hello']));
    await app.close();
    expect(answers).toEqual(users.map((user) => ({ user })));
    expect(none).toEqual({});
  });
});
