/**
 * The names of logs: `holdfast/1f0c6a2b`, and `holdfast/1f0c6a2b/log2` for the one that follows it when it could not go on.
 *
 * The first part is the name of the key, and says nothing about machines.
 */

/** The name of the key that signs for an origin. */
export const baseOf = (origin: string): string => origin.replace(/\/log[1-9]\d{0,5}$/, '');

/** 1 for a log that follows no other. */
export const numberOf = (origin: string): number => Number(/\/log([1-9]\d{0,5})$/.exec(origin)?.[1] ?? 1);

export const originOf = (base: string, number: number): string => (number === 1 ? base : `${base}/log${number}`);

/** Whose log it is, as leaves name it: an id without slashes. */
export const orgOf = (origin: string): string => baseOf(origin).replaceAll('/', '.');
