import { chooseLanguage, messages } from '../i18n/languages.js';
import type { LabelKey, Language, Messages, TextKey } from '../i18n/messages.js';

/** Puts the page into a language, the browser's unless one is chosen, and gives its sentences. */
export function speak(chosen: Language | undefined): Messages {
  const language = chosen ?? chooseLanguage(navigator.languages);
  const sentences = messages[language];
  document.documentElement.lang = sentences.locale;
  for (const element of document.querySelectorAll<HTMLElement>('[data-text]'))
    element.textContent = sentences.texts[element.dataset.text as TextKey];
  for (const element of document.querySelectorAll<HTMLElement>('[data-label]'))
    element.setAttribute('aria-label', sentences.labels[element.dataset.label as LabelKey]);
  return sentences;
}
