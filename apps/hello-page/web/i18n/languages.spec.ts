import { readFileSync } from 'node:fs';
import { usageLanguages } from '../../src/live-page/usage.js';
import { chooseLanguage, languages, messages } from './languages.js';

const html = readFileSync(new URL('../index.html', import.meta.url), 'utf8');

function attributes(name: string): string[] {
  return [...html.matchAll(new RegExp(`${name}="([^"]+)"`, 'g'))].map((match) => match[1] ?? '').sort();
}

describe('the sentences', () => {
  it('name every text of the page, and no other', () => {
    expect([...new Set(attributes('data-text'))]).toEqual(Object.keys(messages.en.texts).sort());
  });

  it('name every label of the page, and no other', () => {
    expect([...new Set(attributes('data-label'))]).toEqual(Object.keys(messages.en.labels).sort());
  });

  it('are the English ones where the page says them before its script runs', () => {
    const said = [...html.matchAll(/data-text="(\w+)"[^>]*>([^<]*)</g)].map(([, key, text]) => [
      key,
      text?.trim(),
    ]);
    expect(Object.fromEntries(said)).toEqual(messages.en.texts);
  });

  it.each(languages)('call %s by its code', (language) => {
    expect(messages[language].language).toBe(language);
  });

  it('are there for clients that read text as well', () => {
    expect(usageLanguages).toEqual(languages);
  });

  it.each(languages)('know the same decisions in %s', (language) => {
    expect(Object.keys(messages[language].decisions)).toEqual(Object.keys(messages.en.decisions));
  });

  it('are offered in every language', () => {
    const buttons = [...html.matchAll(/<button[^>]* id="language-(\w+)" lang="(\w+)"/g)];
    expect(buttons.map(([, id, lang]) => [id, lang])).toEqual(languages.map((code) => [code, code]));
  });

  it('count problems', () => {
    expect([
      messages.en.issueTitle(1, 0),
      messages.en.issueTitle(2, 1),
      messages.en.issueTitle(0, 1),
    ]).toEqual(['1 error in the rules', '2 errors and 1 warning in the rules', '1 warning in the rules']);
  });
});

describe('chooseLanguage', () => {
  it.each([
    { preferred: ['zh-CN', 'en'], language: 'zh' },
    { preferred: ['de-DE', 'zh-TW'], language: 'zh' },
    { preferred: ['de-DE', 'en-GB', 'zh'], language: 'en' },
    { preferred: ['fr'], language: 'en' },
    { preferred: [], language: 'en' },
  ])('$preferred: $language', ({ preferred, language }) => {
    expect(chooseLanguage(preferred)).toBe(language);
  });
});
