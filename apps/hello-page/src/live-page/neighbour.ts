import { ProblemException } from '@grayscale/service-runtime';
import { Agent, type Dispatcher, request } from 'undici';

/** Its own address is asked directly: `HTTP_PROXY` leads through the very mesh that may be asked about. */
const connectTimeoutMs = 1000;

/** Another program of the rehearsal on this machine; in a cluster there is none. */
export class Neighbour {
  private readonly agent = new Agent({ connect: { timeout: connectTimeoutMs } });

  /**
   * @param name how it is called in messages
   * @param setting the variable that has its address
   * @param address unset where there is none
   */
  constructor(
    private readonly name: string,
    private readonly setting: string,
    private readonly address: string | undefined,
  ) {}

  /**
   * Asks it, and gives its answer whatever the status.
   * @throws ProblemException 404 where there is none, 502 where it does not answer
   */
  async ask(
    path: string,
    options: Partial<Dispatcher.RequestOptions> = {},
  ): Promise<Dispatcher.ResponseData> {
    if (!this.address)
      throw new ProblemException({ status: 404, detail: `No ${this.name} here: ${this.setting} is not set` });
    try {
      return await request(new URL(path, this.address), { ...options, dispatcher: this.agent });
    } catch (error) {
      const detail = `The ${this.name} at ${this.address} does not answer`;
      throw new ProblemException({ status: 502, detail }, { cause: error });
    }
  }

  /** Asks it to do something, with a body in JSON. */
  send(method: 'POST' | 'PUT', path: string, body: unknown): Promise<Dispatcher.ResponseData> {
    return this.ask(path, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body ?? {}),
    });
  }

  async close(): Promise<void> {
    await this.agent.destroy();
  }
}
