import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { RawClient } from '../raw-client.js';
import type { RawExchange } from './exchanges.js';

/** What a proxy made of one exchange, with everything that differs from run to run replaced. */
export interface Outcome {
  /** What the client got. */
  client: string;
  /** Whether the proxy ended the client's connection. */
  closed: boolean;
  /** What the backend got, whatever connections it came on. */
  backend: string;
}

export function isSame(one: Outcome, other: Outcome): boolean {
  return one.client === other.client && one.closed === other.closed && one.backend === other.backend;
}

const ok = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';
/** Nothing has come for so long: nothing more will. */
const quietMs = 250;
/** An outcome that is known is waited for, however slow the machine. */
const patienceMs = 10_000;

/** A backend that answers as the exchange in play says. */
export class ScriptedBackend {
  port = 0;
  #exchange: RawExchange | undefined;
  #received: string[] = [];
  #answered = 0;
  readonly #sockets = new Set<Socket>();
  readonly #server: Server = createServer((socket) => this.#accept(socket));

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', () => resolve()));
    this.port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  /**
   * Plays one exchange against a proxy.
   * @param expected what is waited for; without it, until nothing more comes
   */
  async play(exchange: RawExchange, proxyPort: number, expected?: Outcome): Promise<Outcome> {
    for (const socket of this.#sockets) socket.destroy();
    await sleep(20);
    this.#exchange = exchange;
    this.#received = [];
    this.#answered = 0;
    const client = new RawClient(proxyPort).send(exchange.sent);
    for (const next of exchange.next ?? []) {
      await this.#quiet(client);
      client.send(next);
    }
    const outcome = await this.#settled(client, expected);
    client.close();
    return outcome;
  }

  async #settled(client: RawClient, expected: Outcome | undefined): Promise<Outcome> {
    const deadline = Date.now() + patienceMs;
    while (expected !== undefined && !isSame(this.#outcome(client), expected) && Date.now() < deadline) {
      await sleep(10);
    }
    await this.#quiet(client);
    return this.#outcome(client);
  }

  #outcome(client: RawClient): Outcome {
    return {
      client: normal(client.received),
      closed: client.closed,
      backend: normal(this.#received.join('')),
    };
  }

  async #quiet(client: RawClient): Promise<void> {
    const seen = () => client.received.length + this.#received.join('').length + Number(client.closed);
    for (let before = -1; before !== seen(); ) {
      before = seen();
      await sleep(quietMs);
    }
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    const index = this.#received.push('') - 1;
    socket.on('error', () => {});
    socket.on('close', () => this.#sockets.delete(socket));
    if (this.#exchange?.greets) this.#answer(socket);
    let pending = '';
    socket.on('data', (data) => {
      const text = data.toString('latin1');
      pending += text;
      this.#received[index] += text;
      if (!pending.includes('\r\n\r\n')) return;
      pending = '';
      this.#answer(socket);
    });
  }

  #answer(socket: Socket): void {
    const { answers = [ok], ends = false } = this.#exchange ?? {};
    const answer = answers[Math.min(this.#answered, answers.length - 1)];
    this.#answered++;
    if (answer === undefined) return;
    if (ends) socket.end(answer, 'latin1');
    else socket.write(answer, 'latin1');
  }
}

/** Times, ids and long runs of one character replaced. */
function normal(text: string): string {
  return text
    .replace(/^(date: ).*?(?=\r\n)/gim, '$1<date>')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uuid>')
    .replace(/^(x-envoy-upstream-service-time: )[0-9]+/gim, '$1<ms>')
    .replace(/(.)\1{199,}/g, (run, character) => `<${character}*${run.length}>`);
}
