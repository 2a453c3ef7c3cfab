import {
  type Client,
  credentials,
  makeGenericClientConstructor,
  Server,
  ServerCredentials,
  status,
} from '@grpc/grpc-js';
import type { Sender } from './traffic.js';

const asItIs = (message: Buffer): Buffer => message;
const say = {
  path: '/hello.Greeter/Say',
  requestStream: false,
  responseStream: false,
  requestSerialize: asItIs,
  requestDeserialize: asItIs,
  responseSerialize: asItIs,
  responseDeserialize: asItIs,
};

type Answer = (error: { code: number } | null, message?: Buffer) => void;

/** A client of gRPC as people write it, for one host behind one address. */
export class GreeterClient implements Sender {
  private readonly client: Client & { Say(message: Buffer, options: object, answer: Answer): void };

  /** @param host that it asks for @param address where that is */
  constructor(host: string, address: string) {
    const Greeter = makeGenericClientConstructor({ Say: say }, 'Greeter');
    const options = { 'grpc.default_authority': host, 'grpc.enable_http_proxy': 0, 'grpc.enable_retries': 0 };
    this.client = new Greeter(address, credentials.createInsecure(), options) as never;
  }

  /** @returns the answer, or the status of gRPC as text */
  send(giveUpAfter: number): Promise<string> {
    const options = { deadline: Date.now() + giveUpAfter };
    return new Promise((resolve) =>
      this.client.Say(Buffer.from('hello'), options, (error, message) =>
        resolve(error === null ? String(message) : String(error.code)),
      ),
    );
  }

  close(): void {
    this.client.close();
  }
}

/** A server of gRPC that answers with its name, or fails: every so many calls, in its trailers. */
export class Greeter {
  private readonly server = new Server();
  private calls = 0;
  /** Percent of the calls, evenly. */
  errorRate = 0;

  constructor(private readonly name: string) {
    this.server.addService({ Say: say }, { Say: (_: unknown, answer: Answer) => this.answer(answer) });
  }

  /** @returns its port on 127.0.0.1 */
  start(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
        error === null ? resolve(port) : reject(error),
      );
    });
  }

  close(): void {
    this.server.forceShutdown();
  }

  private answer(answer: Answer): void {
    const before = Math.floor((this.calls * this.errorRate) / 100);
    this.calls += 1;
    const fails = Math.floor((this.calls * this.errorRate) / 100) > before;
    if (fails) answer({ code: status.INTERNAL });
    else answer(null, Buffer.from(this.name));
  }
}
