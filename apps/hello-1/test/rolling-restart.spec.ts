import { restartUnderLoad } from './rolling-restart.js';

describe('rolling restarts under load', () => {
  it('lose no request', async () => {
    const { answered, lost } = await restartUnderLoad(2);
    expect(lost).toEqual({});
    expect(answered).toBeGreaterThan(0);
  }, 180_000);
});
