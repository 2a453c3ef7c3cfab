import { backOffCeilingMs } from './back-off.js';

it.each([
  [1, 25],
  [2, 50],
  [3, 100],
  [4, 200],
  [5, 250],
  [20, 250],
  [2000, 250],
])('after %d tries of 25 ms each: at most %d ms', (tries, ceiling) => {
  expect(backOffCeilingMs(25, tries)).toBe(ceiling);
});
