import { getState } from 'jest-circus';

/** As much of Jest's own object as our tests use: it comes from Jest's sandbox, which is not here. */
export const jest = {
  setTimeout(milliseconds: number): void {
    getState().testTimeout = milliseconds;
  },
};
