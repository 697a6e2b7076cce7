/** Text that arrives in pieces, line by line, with a limit for the longest line. */

/** Thrown by `splitLines`; who reads knows what to call the thing. */
export class LineTooLong extends Error {
  override readonly name = 'LineTooLong';
}

/** Lines without their `\n`; a last line without one counts. @throws LineTooLong */
export async function* splitLines(pieces: AsyncIterable<Buffer>, maxLineBytes: number): AsyncGenerator<string> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  for await (const piece of pieces) {
    let from = 0;
    for (let at = piece.indexOf(10); at >= 0; at = piece.indexOf(10, from)) {
      const tail = piece.subarray(from, at);
      yield (restBytes === 0 ? tail : Buffer.concat([...rest, tail])).toString('utf8');
      rest = [];
      restBytes = 0;
      from = at + 1;
    }
    if (from === piece.length) continue;
    rest.push(piece.subarray(from));
    restBytes += piece.length - from;
    if (restBytes > maxLineBytes) throw new LineTooLong(`a line of more than ${maxLineBytes} bytes`);
  }
  if (restBytes > 0) yield Buffer.concat(rest).toString('utf8');
}
