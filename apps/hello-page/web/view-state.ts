import { type Language, languageOf } from './i18n/languages.js';

export type Theme = 'light' | 'dark';

/** What a shared link carries. */
export interface ViewState {
  /** Empty: nobody, no header is sent. */
  name: string;
  /** Requests a second. */
  rate: number;
  paused: boolean;
  /** Absent: the browser's. */
  language?: Language;
  /** Absent: the system's. */
  theme?: Theme;
}

export const minimumRate = 1;
export const maximumRate = 50;
const defaultRate = 10;

/** Reads a link's query; what it does not understand counts as absent. */
export function parseViewState(query: string): ViewState {
  const parameters = new URLSearchParams(query);
  const language = languageOf(parameters.get('lang'));
  const theme = parameters.get('theme');
  return {
    name: parameters.get('name') ?? '',
    rate: parseRate(parameters.get('rate')),
    paused: parameters.get('paused') === '1',
    ...(language !== undefined && { language }),
    ...((theme === 'light' || theme === 'dark') && { theme }),
  };
}

/** The query of a link to this view, with its `?`; empty when all is as it starts. */
export function formatViewState(state: ViewState): string {
  const parameters = new URLSearchParams();
  if (state.name !== '') parameters.set('name', state.name);
  if (state.rate !== defaultRate) parameters.set('rate', String(state.rate));
  if (state.paused) parameters.set('paused', '1');
  if (state.language) parameters.set('lang', state.language);
  if (state.theme) parameters.set('theme', state.theme);
  const query = parameters.toString();
  return query === '' ? '' : `?${query}`;
}

function parseRate(text: string | null): number {
  const rate = text === null || text.trim() === '' ? Number.NaN : Math.round(Number(text));
  return Number.isFinite(rate) ? Math.min(maximumRate, Math.max(minimumRate, rate)) : defaultRate;
}
