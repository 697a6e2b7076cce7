/** Arguments of the scan path, read by Node's own parser: loading commander there would cost a fifth of the whole scan. */
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { HoldfastError, messageOf } from '../lib/errors.ts';

type Options = NonNullable<ParseArgsConfig['options']>;
type Parsed<O extends Options> = ReturnType<
  typeof parseArgs<{ args: string[]; options: O; allowPositionals: true; strict: true }>
>;

/** @throws USAGE with the words of Node's parser, which name the offending argument. */
export function readArgs<O extends Options>(args: readonly string[], options: O, help: string): Parsed<O> {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (cause) {
    // The first sentence says what is wrong; the rest explains positional arguments that start with a dash.
    const [what = ''] = messageOf(cause).split('. ');
    throw new HoldfastError('USAGE', what, { hint: `Run \`${help}\`.`, cause });
  }
}
