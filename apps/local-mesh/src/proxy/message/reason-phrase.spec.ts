import { reasonPhrase } from './reason-phrase.js';

it.each([
  [200, 'OK'],
  [404, 'Not Found'],
  [504, 'Gateway Timeout'],
  [103, 'Unknown'],
  [418, 'Unknown'],
  [509, 'Unknown'],
  [299, 'Unknown'],
])('%d: %s', (status, words) => {
  expect(reasonPhrase(status)).toBe(words);
});
