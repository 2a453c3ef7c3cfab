import type { Language } from '../../i18n/languages.js';
import { english } from './release-en.js';
import type { ReleaseMessages } from './release-messages.js';
import { chinese } from './release-zh.js';

/** The panel's sentences by language. */
export const releaseMessages: Readonly<Record<Language, ReleaseMessages>> = { en: english, zh: chinese };
