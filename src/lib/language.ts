/** The languages that pages and notices have words in, and which of them a document gets. */
export type Language = 'de' | 'en';

/** @param tag BCP 47, such as `de-AT`; `null` where a document names none. */
export const pageLanguage = (tag: string | null): Language => (primaryLanguage(tag) === 'de' ? 'de' : 'en');

/** The first subtag of BCP 47, in lower case: `de` of `de-AT`; English where none is named. */
export const primaryLanguage = (tag: string | null): string => (tag ?? 'en').split('-')[0]?.toLowerCase() ?? 'en';
