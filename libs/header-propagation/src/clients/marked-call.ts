import { type CarriedMark, carryMark } from './carried-mark.js';
import { watchClientRequests } from './client-request.js';
import { watchUndiciRequests } from './undici-requests.js';

/**
 * Runs a call that takes headers of ours to where we do not follow it. What it sends through `node:http` or undici is
 * checked at each hop; by another way, it goes where the call takes it.
 */
export function callWithMark<T>(mark: CarriedMark, call: () => T): T {
  watchUndiciRequests();
  watchClientRequests();
  return carryMark(mark, call);
}
