/** A `T` that only one parser can make: `Brand<number, 'Instant'>` is not assignable from `number`. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };
declare const brand: unique symbol;
