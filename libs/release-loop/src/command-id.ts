import { randomBytes } from 'node:crypto';

/** A new name for a command: the later it was sent, the further back it sorts. */
export function commandId(): string {
  return `${String(Date.now()).padStart(15, '0')}-${randomBytes(6).toString('hex')}`;
}
