import fc from 'fast-check';

const units = [
  ...'a1#%-:,.?*&!|>@~\\/"\'`$^()[]{}<>=_ \t\n\r;+\u0000é你',
  ...[
    '# x ',
    '# x\n',
    '- ',
    'a: ',
    'a: b\n',
    '- a\n',
    '---\n',
    '--- #\n',
    '...\n',
    'a.',
    '.a',
    '1.',
    '1s',
    '0.0s',
    'ab',
    '%A(',
    '%%',
  ],
  ...[
    'a,',
    'a=b,',
    'a;q=1,',
    'a/b,',
    '::',
    '[]',
    '{}',
    '[a, ',
    '{a: ',
    '()',
    '(a+)',
    'a*',
    '(a|a)*',
    '\\"',
    '\\/',
    '*.',
    '/*',
    '//',
    '%41',
    '%',
    '&a ',
    '*a ',
    'a b',
  ],
  ...[
    '\\x41',
    '\\u0041',
    "''",
    '\r\n',
    'a: b\r\n',
    'a{b="c"} 1\n',
    '1\r\na\r\n',
    '0x',
    '1e9',
    '--',
    '==',
    '&&',
    '<<: ',
    '? ',
    '! ',
    '!!a ',
    '%20',
    'a%',
    '[::1]',
    '@a',
    'user=',
    '\u2028',
    '\u0085',
    '\u{1f600}',
    '\ud83d',
  ],
];

/** A text of one unit repeated, with something before it and behind it. */
export function longTexts(length: number): fc.Arbitrary<string> {
  const end = fc.constantFrom('', ...units, 'x', 'X', ' ', '"');
  return fc
    .tuple(end, fc.constantFrom(...units), fc.constantFrom('', ...units), end)
    .map(([before, unit, second, behind]) => {
      const both = unit + second;
      return before + both.repeat(Math.ceil(length / both.length)) + behind;
    });
}
