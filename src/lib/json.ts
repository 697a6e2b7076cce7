/** JSON values, and reading `unknown` without `any`. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** True for a JSON object: not null, not an array. Own keys only are meant; `__proto__` arrives as a plain key. */
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const stringOr = <T>(value: unknown, fallback: T): string | T => (typeof value === 'string' ? value : fallback);
export const arrayOr = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
export const stringsOf = (value: unknown): readonly string[] =>
  arrayOr(value).filter((item): item is string => typeof item === 'string');
