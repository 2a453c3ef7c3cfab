import { english } from './en.js';
import type { Messages } from './messages.js';
import { chinese } from './zh.js';

/** The page's sentences by language. */
export const messages = { en: english, zh: chinese } as const satisfies Record<string, Messages>;

/** What the page speaks; the type checker asks for the sentences of the release panel in a new one. */
export type Language = keyof typeof messages;

export const languages = Object.keys(messages) as readonly Language[];

/** A language of the page by its code; undefined when the page does not speak it. */
export function languageOf(code: string | null | undefined): Language | undefined {
  return languages.find((language) => language === code);
}

/** The first of the browser's languages that the page speaks, else English. */
export function chooseLanguage(preferred: readonly string[]): Language {
  for (const tag of preferred) {
    const language = languageOf(tag.toLowerCase().split('-')[0]);
    if (language !== undefined) return language;
  }
  return 'en';
}
