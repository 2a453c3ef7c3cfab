import { restartUnderLoad } from './rolling-restart.js';

describe('a hundred rolling restarts under load', () => {
  it('lose no request', async () => {
    const { answered, lost } = await restartUnderLoad(100);
    console.log(`${answered} requests answered, lost: ${JSON.stringify(lost)}`);
    expect(lost).toEqual({});
    expect(answered).toBeGreaterThan(0);
  }, 1_800_000);
});
