import { decodeFieldValue, encodeFieldValue, HeaderPropagation, isFieldValue } from './index.js';

/** What a person or an attacker may type as a name. */
const legal = [
  'test',
  'zhang san',
  '张三',
  'é',
  '😀',
  'a\tb',
  '%E5',
  'A'.repeat(4000),
  "o'brien",
  '"',
  'a;b,c=d',
  '',
];
const illegal = [
  'a\rb',
  'a\nb',
  'x\r\nuser: admin',
  'a\0b',
  '\u007f',
  '\u001b[0m',
  ' test',
  'test ',
  '\ttest',
  '\ud83d',
];

describe('field values', () => {
  it.each(legal)('%j is one', (text) => {
    expect(isFieldValue(text)).toBe(true);
    expect(decodeFieldValue(encodeFieldValue(text))).toBe(text);
  });

  it.each(illegal)('%j is none', (text) => {
    expect(isFieldValue(text)).toBe(false);
  });

  it('are UTF-8 bytes', () => {
    expect(encodeFieldValue('张三')).toBe('\xe5\xbc\xa0\xe4\xb8\x89');
  });
});

describe('a hostile query', () => {
  const propagation = new HeaderPropagation({ rules: [{ query: 'name', to: 'user' }] });

  it.each(legal.filter((text) => text !== ''))('%j is sent as bytes', (text) => {
    const { headers, dropped } = propagation.extract({}, `/page?name=${encodeURIComponent(text)}`);
    expect([headers, dropped]).toEqual([{ user: encodeFieldValue(text) }, []]);
  });

  it.each(illegal.filter((text) => text.isWellFormed()))('%j is dropped', (text) => {
    const { headers, dropped } = propagation.extract({}, `/page?name=${encodeURIComponent(text)}`);
    expect([headers, dropped]).toEqual([{}, [{ name: 'user', reason: 'characters' }]]);
  });

  it('of 100 kB is dropped whole', () => {
    const { headers, dropped } = propagation.extract({}, `/page?name=${'x'.repeat(100_000)}`);
    expect([headers, dropped]).toEqual([{}, [{ name: 'user', reason: 'length' }]]);
  });

  it.each(['%', '%E', '%zz', '%E5%BC', 'a%'])(
    '%s, a broken escape, neither throws nor becomes another',
    (text) => {
      const { user } = propagation.extract({}, `/page?name=${text}`).headers;
      expect(user).toBe(text === '%E5%BC' ? '\xe5\xbc' : text);
    },
  );
});
