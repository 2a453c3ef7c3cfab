import type { GrayRelease } from '@grayscale/release-cluster';

/** The release of hello-2 over the rule of hello-page, in quick steps. @param spec fields in place of the usual ones */
export const plan = (spec: object = {}): GrayRelease =>
  ({
    metadata: { name: 'hello-2', namespace: 'hello-page' },
    spec: {
      targets: [
        {
          virtualService: 'hello-ext-svc',
          stable: 'hello.hello-1.svc.cluster.local',
          canary: 'hello.hello-2.svc.cluster.local',
        },
      ],
      callers: [{ workload: 'hello-page', namespace: 'hello-page' }],
      steps: [25, 50, 100].map((percent) => ({ percent, hold: '2s', requests: 20 })),
      guards: [{ name: 'failures', ratio: 1.5, max: '20%' }],
      settle: '1s',
      ...spec,
    },
  }) as GrayRelease;

/** A condition, if it is true. */
export const condition = ({ status }: GrayRelease, type: string) =>
  status?.conditions?.find((each) => each.type === type && each.status === 'True');
