import { chooseLanguage, type Language, messages } from '../i18n/languages.js';
import type { LabelKey, Messages, TextKey } from '../i18n/messages.js';

/** The browser's language, unless one is chosen. */
export function spokenLanguage(chosen: Language | undefined): Language {
  return chosen ?? chooseLanguage(navigator.languages);
}

/** Puts the page into a language, and gives its sentences. */
export function speak(language: Language): Messages {
  const sentences = messages[language];
  document.documentElement.lang = sentences.locale;
  for (const element of document.querySelectorAll<HTMLElement>('[data-text]'))
    element.textContent = sentences.texts[element.dataset.text as TextKey];
  for (const element of document.querySelectorAll<HTMLElement>('[data-label]'))
    element.setAttribute('aria-label', sentences.labels[element.dataset.label as LabelKey]);
  return sentences;
}
