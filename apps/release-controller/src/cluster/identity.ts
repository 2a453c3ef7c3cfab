import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';

/** Names of the controllers that contend for one Lease; of them only one carries releases out. */
export class ControllerIdentity {
  private readonly group: string;
  /** Of this process, among all controllers. */
  readonly name: string;

  /** @param namespace of the Lease */
  constructor(readonly namespace: string) {
    this.group = `release-controller.${namespace}_`;
    this.name = `${this.group}${hostname()}_${randomBytes(4).toString('hex')}`;
  }

  /** Whether it is another controller of the same Lease: once this one leads, that one does not. */
  isPredecessor(other: string): boolean {
    return other !== this.name && other.startsWith(this.group);
  }
}
