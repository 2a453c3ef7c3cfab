import { english } from './en.js';
import { type Language, languageOf, type Messages } from './messages.js';
import { chinese } from './zh.js';

/** The page's sentences in that language. */
export const messages: Readonly<Record<Language, Messages>> = { en: english, zh: chinese };

/** The first of the browser's languages that the page speaks, else English. */
export function chooseLanguage(preferred: readonly string[]): Language {
  for (const tag of preferred) {
    const language = languageOf(tag.toLowerCase().split('-')[0]);
    if (language !== undefined) return language;
  }
  return 'en';
}
