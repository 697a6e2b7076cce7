/** A growing run of bytes and a cursor over a finished one: what binary formats are written and read with. Little-endian. */

/** LEB128 of a u32 takes at most five bytes. */
const MAX_VARINT_BYTES = 5;

export class ByteSink {
  #buffer: Buffer;
  #length = 0;

  constructor(capacity = 1_024) {
    this.#buffer = Buffer.allocUnsafe(capacity);
  }

  get length(): number {
    return this.#length;
  }

  u8(value: number): void {
    this.#room(1);
    this.#buffer[this.#length++] = value;
  }

  u32(value: number): void {
    this.#room(4);
    this.#length = this.#buffer.writeUInt32LE(value, this.#length);
  }

  /** LEB128 of an integer 0 … 2^32-1. */
  varint(value: number): void {
    this.#room(MAX_VARINT_BYTES);
    let rest = value;
    while (rest > 0x7f) {
      this.#buffer[this.#length++] = (rest & 0x7f) | 0x80;
      rest = Math.floor(rest / 128);
    }
    this.#buffer[this.#length++] = rest;
  }

  /** Byte length as varint, then UTF-8. */
  text(value: string): void {
    const bytes = Buffer.byteLength(value);
    this.varint(bytes);
    this.#room(bytes);
    this.#length += this.#buffer.write(value, this.#length, 'utf8');
  }

  bytes(value: Uint8Array): void {
    this.#room(value.length);
    this.#buffer.set(value, this.#length);
    this.#length += value.length;
  }

  /** A view, valid until the next write. */
  view(from = 0, to = this.#length): Buffer {
    return this.#buffer.subarray(from, to);
  }

  clear(): void {
    this.#length = 0;
  }

  #room(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}

/** Reads what a `ByteSink` wrote. Running past the end throws a `RangeError`: the caller knows which file is damaged. */
export class ByteCursor {
  readonly #buffer: Buffer;
  #at: number;

  constructor(buffer: Buffer, at = 0) {
    this.#buffer = buffer;
    this.#at = at;
  }

  get at(): number {
    return this.#at;
  }

  u8(): number {
    const value = this.#buffer[this.#at++];
    if (value === undefined) throw new RangeError('read past the end');
    return value;
  }

  varint(): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < MAX_VARINT_BYTES; i++) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    throw new RangeError('a number is longer than five bytes');
  }

  text(): string {
    const bytes = this.varint();
    const start = this.#at;
    this.#at += bytes;
    if (this.#at > this.#buffer.length) throw new RangeError('read past the end');
    return this.#buffer.toString('utf8', start, this.#at);
  }
}
