/** Milliseconds since the epoch, as the system's clock had it when the process began: setting that clock, or a night's sleep of a laptop, makes no jump. */
export function steadyNow(): number {
  return Math.round(performance.timeOrigin + performance.now());
}
