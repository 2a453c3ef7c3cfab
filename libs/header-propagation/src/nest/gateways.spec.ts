import 'reflect-metadata';
import { once } from 'node:events';
import { type INestApplication, Inject, Module, UseInterceptors } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { WsAdapter } from '@nestjs/platform-ws';
import { type OnGatewayConnection, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { WebSocket } from 'ws';
import { HeaderPropagation, HeaderPropagationInterceptor, HeaderPropagationModule } from './index.js';

@WebSocketGateway()
@UseInterceptors(HeaderPropagationInterceptor)
class Gateway implements OnGatewayConnection {
  constructor(@Inject(HeaderPropagation) private readonly headers: HeaderPropagation) {}

  async handleConnection(client: WebSocket) {
    await new Promise(setImmediate);
    client.send(JSON.stringify({ event: 'connected', data: this.headers.current() }));
  }

  @SubscribeMessage('ask')
  async ask() {
    await new Promise(setImmediate);
    return { event: 'told', data: this.headers.current() };
  }
}

@Module({
  imports: [HeaderPropagationModule.forRoot({ rules: ['user', { query: 'name', to: 'x-name' }] })],
  providers: [Gateway],
})
class AppModule {}

describe('a gateway of ws', () => {
  let app: INestApplication;
  beforeAll(async () => {
    app = await NestFactory.create(AppModule, new ExpressAdapter(), { logger: false });
    app.useWebSocketAdapter(new WsAdapter(app));
    await app.listen(0, '127.0.0.1');
  });
  afterAll(() => app.close());

  it.each(['test', 'other'])(
    'knows the headers of %s in handleConnection and with each message',
    async (user) => {
      const { port } = app.getHttpServer().address();
      const client = new WebSocket(`ws://127.0.0.1:${port}/?name=n`, { headers: { user } });
      const [connected] = await once(client, 'message');
      expect(JSON.parse(String(connected))).toEqual({ event: 'connected', data: { user, 'x-name': 'n' } });
      for (let turn = 0; turn < 2; turn++) {
        client.send(JSON.stringify({ event: 'ask' }));
        const [told] = await once(client, 'message');
        expect(JSON.parse(String(told))).toEqual({ event: 'told', data: { user } });
      }
      client.terminate();
    },
  );
});
