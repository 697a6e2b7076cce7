/** The two ways in which an inventory refuses an input: damaged, or of a kind that is not read. */
import { HoldfastError } from '../lib/errors.ts';

/** @param at Line and column from 1, where the damage has a place; no column where only the line is known. */
export const malformed = (
  path: string,
  message: string,
  hint: string,
  at: { readonly line: number; readonly column: number | null } | null = null,
): HoldfastError =>
  new HoldfastError('INVENTORY_MALFORMED', message, {
    hint,
    at: { file: path, line: at?.line ?? null, column: at?.column ?? null },
  });

export const unsupported = (path: string, message: string, hint: string): HoldfastError =>
  new HoldfastError('INVENTORY_UNSUPPORTED', message, { hint, at: { file: path, line: null, column: null } });

/** Text of an input inside a message: short and on one line, whatever the input holds. */
export const excerpt = (text: string, limit = 80): string => {
  const line = text.slice(0, limit).replace(/\s+/g, ' ');
  return text.length > limit ? `${line}…` : line;
};

/** `package-lock.json` of `apps/web/package-lock.json`. */
export const lastName = (path: string): string =>
  path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
