/** Node takes no more: a longer time would be over at once. Nobody waits for 25 days. */
const longestMs = 2 ** 31 - 1;

/** Calls back after a time that a rule or a client says, however long it is. */
export function startTimer(callback: () => void, milliseconds: number): NodeJS.Timeout {
  return setTimeout(callback, Math.min(milliseconds, longestMs));
}
