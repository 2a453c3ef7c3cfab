/** The modes of `npm start`: in a copy of k8s/, where the rules are, those by percentage and by user, and the plans. */
export const modes = {
  internal: {
    folder: 'internal',
    percent: 'virtual-service-v2-10.yaml',
    byUser: 'virtual-service-test-v1.yaml',
    plans: 'release',
  },
  external: {
    folder: 'external',
    percent: 'virtual-service-v2-10.yaml',
    byUser: 'virtual-service-test-v1.yaml',
    plans: 'release/external',
  },
  httproute: {
    folder: 'variants/internal-httproute',
    percent: 'http-route-v2-10.yaml',
    byUser: 'http-route-test-v1.yaml',
    plans: 'release/httproute',
  },
} as const;

export type Mode = keyof typeof modes;
