import {
  type Client,
  type ClientDuplexStream,
  type ClientOptions,
  credentials,
  makeGenericClientConstructor,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type sendUnaryData,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';

type Message = Buffer;
const asItIs = (message: Message): Message => message;
const codec = {
  requestSerialize: asItIs,
  requestDeserialize: asItIs,
  responseSerialize: asItIs,
  responseDeserialize: asItIs,
};

/** `hello.Greeter`: one method for each way to stream. Messages are text. */
const service = {
  Say: { path: '/hello.Greeter/Say', requestStream: false, responseStream: false, ...codec },
  Count: { path: '/hello.Greeter/Count', requestStream: false, responseStream: true, ...codec },
  Collect: { path: '/hello.Greeter/Collect', requestStream: true, responseStream: false, ...codec },
  Talk: { path: '/hello.Greeter/Talk', requestStream: true, responseStream: true, ...codec },
};

/** What a client of the service has. */
export type GreeterClient = Client & {
  Say: (...args: unknown[]) => unknown;
  Count: (...args: unknown[]) => ClientDuplexStream<Message, Message>;
  Collect: (...args: unknown[]) => ClientDuplexStream<Message, Message>;
  Talk: (...args: unknown[]) => ClientDuplexStream<Message, Message>;
};

const GreeterClientConstructor = makeGenericClientConstructor(service, 'Greeter');

/** A client as people write it; it goes through the proxy that `grpc_proxy` names. */
export function greeterClient(target: string, options: ClientOptions = {}): GreeterClient {
  return new GreeterClientConstructor(
    target,
    credentials.createInsecure(),
    options,
  ) as unknown as GreeterClient;
}

/** A server of the service that answers with its name. */
export class Greeter {
  readonly #server = new Server();
  port = 0;
  /** Calls that were given up by the other side. */
  cancelled = 0;
  /** Deadlines of the calls, as they arrived. */
  readonly deadlines: unknown[] = [];

  constructor(readonly name: string) {
    this.#server.addService(service, this.#methods());
  }

  async start(): Promise<this> {
    this.port = await new Promise<number>((resolve, reject) => {
      this.#server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
        error === null ? resolve(port) : reject(error),
      );
    });
    return this;
  }

  stop(): void {
    this.#server.forceShutdown();
  }

  #methods(): UntypedServiceImplementation {
    return {
      /** `wait`: no answer, until it is given up; `fail N`: that status. */
      Say: (call: ServerUnaryCall<Message, Message>, callback: sendUnaryData<Message>) => {
        this.deadlines.push(call.metadata.get('grpc-timeout')[0] ?? call.getDeadline());
        const text = call.request.toString();
        call.on('cancelled', () => {
          this.cancelled++;
        });
        if (text === 'wait') return;
        const code = /^fail ([0-9]+)$/.exec(text)?.[1];
        if (code !== undefined) callback({ code: Number(code), details: `failed at ${this.name}` });
        else callback(null, Buffer.from(`${this.name}: ${text}`));
      },
      Count: (call: ServerDuplexStream<Message, Message> & { request: Message }) => {
        const last = Number(call.request.toString());
        for (let i = 1; i <= last; i++) call.write(Buffer.from(String(i)));
        call.end();
      },
      Collect: (call: ServerDuplexStream<Message, Message>, callback: sendUnaryData<Message>) => {
        const parts: string[] = [];
        call.on('data', (part: Message) => parts.push(part.toString()));
        call.on('end', () => callback(null, Buffer.from(`${this.name}: ${parts.join('+')}`)));
      },
      Talk: (call: ServerDuplexStream<Message, Message>) => {
        call.on('cancelled', () => {
          this.cancelled++;
        });
        call.on('data', (part: Message) => call.write(Buffer.from(part.toString().toUpperCase())));
        call.on('end', () => call.end());
      },
    } as unknown as UntypedServiceImplementation;
  }
}
