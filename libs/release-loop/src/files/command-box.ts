import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Command, isCommand, type SentCommand } from '@grayscale/release';
import { commandId } from '../command-id.js';
import { StoreError } from './store-error.js';

/** The folder through which other processes ask something of the one that drives a plan. */
export class CommandBox {
  constructor(private readonly folder: string) {}

  /** Puts a command in as a whole. @returns its id, which the journal names when it was carried out */
  async send(command: Command): Promise<string> {
    const id = commandId();
    try {
      await mkdir(this.folder, { recursive: true });
      const temporary = join(this.folder, `.${id}`);
      const file = await open(temporary, 'wx');
      await file.writeFile(JSON.stringify(command));
      await file.sync();
      await file.close();
      await rename(temporary, this.path(id));
      return id;
    } catch (error) {
      throw StoreError.of(error, `The command cannot be put into ${this.folder}`);
    }
  }

  /** What waits, oldest first. What cannot be read as a command is removed. */
  async list(): Promise<SentCommand[]> {
    const names = await readdir(this.folder).catch(() => []);
    const sent: SentCommand[] = [];
    for (const name of names.filter((each) => /^\d+-\w+\.json$/.test(each)).sort()) {
      const id = name.slice(0, -'.json'.length);
      const command = commandIn(await readFile(join(this.folder, name), 'utf8').catch(() => ''));
      if (command === undefined) await this.remove(id);
      else sent.push({ id, command });
    }
    return sent;
  }

  /** Takes a command out: it was carried out, or its sender has given up. @returns whether it was still there */
  async remove(id: string): Promise<boolean> {
    return await rm(this.path(id)).then(
      () => true,
      () => false,
    );
  }

  private path(id: string): string {
    return join(this.folder, `${id}.json`);
  }
}

function commandIn(text: string): Command | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isCommand(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
