/** hello-2 may fail half as often again as hello-1, and never more than 15 % of the time. */
const failuresGuard = { name: 'failures', ratio: 1.5, max: '15%' };

/** What a plan of the demo says for a release of seconds. */
export function quickPlan(percents: readonly number[] = [25, 50, 100]) {
  return {
    steps: percents.map((percent) => ({ percent, hold: '2s' })),
    guards: [failuresGuard],
    settle: '500ms',
  };
}
