// Every sentence of the page, in the reader's language.
import en from './strings.en.json';
import ko from './strings.ko.json';

export type TextKey = keyof typeof en;
export type Language = 'en' | 'ko';
export type Values = Record<string, string | number>;

const kRemembered = 'kface.language';
const strings: Record<Language, Record<string, string>> = { en, ko };
export const kLanguages: Record<Language, string> = { en: 'English', ko: '한국어' };

function remembered(): Language | null {
  try {
    const value = localStorage.getItem(kRemembered);
    return value === 'en' || value === 'ko' ? value : null;
  } catch {
    return null; // storage is switched off: the browser's language serves
  }
}

function of_browser(): Language {
  for (const tag of navigator.languages) {
    const language = tag.slice(0, 2).toLowerCase();
    if (language === 'en' || language === 'ko') return language;
  }
  return 'en';
}

let current: Language = remembered() ?? of_browser();
export const language = (): Language => current;

export function set_language(value: Language): void {
  current = value;
  try {
    localStorage.setItem(kRemembered, value);
  } catch {
    // Not remembered, then.
  }
}

// A sentence that is not there is a bug: it shows, and the tests look for this mark.
function missing(key: string): string {
  document.documentElement.dataset['missing'] = key;
  return key;
}

// The sentence `key`, "{name}" replaced from `values`.
export function t(key: TextKey, values: Values = {}): string {
  const text = strings[current][key] ?? missing(key);
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}

// The sentence `family.member`, or `member` itself where the service says a word that this page
// does not know: a newer service's word is better than none.
export function word(family: string, member: string): string {
  const key = `${family}.${member.replace(/ /g, '_')}`;
  return strings[current][key] ?? member;
}
export const has_word = (family: string, member: string): boolean =>
  `${family}.${member.replace(/ /g, '_')}` in strings[current];
