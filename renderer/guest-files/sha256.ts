// SHA-256 (FIPS 180-4) of bytes that come in pieces: the one of browsers wants them all at once.
const K = Uint32Array.from(firstPrimes(64), (prime) => fractionOf(Math.cbrt(prime)));
const BEGINNING = Uint32Array.from(firstPrimes(8), (prime) => fractionOf(Math.sqrt(prime)));
const BLOCK_BYTES = 64;

export class Sha256 {
  readonly #state = BEGINNING.slice();
  readonly #words = new Uint32Array(64);
  readonly #block = new Uint8Array(BLOCK_BYTES);
  #held = 0;
  #bytes = 0;

  update(bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    let at = 0;
    if (this.#held > 0) {
      at = Math.min(BLOCK_BYTES - this.#held, bytes.length);
      this.#block.set(bytes.subarray(0, at), this.#held);
      this.#held += at;
      if (this.#held < BLOCK_BYTES) return;
      this.#take(this.#block, 0);
      this.#held = 0;
    }
    for (; at + BLOCK_BYTES <= bytes.length; at += BLOCK_BYTES) this.#take(bytes, at);
    this.#block.set(bytes.subarray(at));
    this.#held = bytes.length - at;
  }

  /** In lower-case hexadecimal; nothing may come after it. */
  hex(): string {
    const bits = this.#bytes * 8;
    const end = new Uint8Array(this.#held < 56 ? BLOCK_BYTES - this.#held : 2 * BLOCK_BYTES - this.#held);
    end[0] = 0x80;
    const view = new DataView(end.buffer);
    view.setUint32(end.length - 8, Math.floor(bits / 2 ** 32));
    view.setUint32(end.length - 4, bits % 2 ** 32);
    this.update(end);
    return Array.from(this.#state, (word) => word.toString(16).padStart(8, '0')).join('');
  }

  #take(bytes: Uint8Array, at: number): void {
    const words = this.#words;
    const view = new DataView(bytes.buffer, bytes.byteOffset + at, BLOCK_BYTES);
    for (let index = 0; index < 16; index++) words[index] = view.getUint32(4 * index);
    for (let index = 16; index < 64; index++) {
      const [before15 = 0, before2 = 0] = [words[index - 15], words[index - 2]];
      const s0 = turned(before15, 7) ^ turned(before15, 18) ^ (before15 >>> 3);
      const s1 = turned(before2, 17) ^ turned(before2, 19) ^ (before2 >>> 10);
      words[index] = (words[index - 16] ?? 0) + s0 + (words[index - 7] ?? 0) + s1;
    }
    let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = this.#state;
    for (let index = 0; index < 64; index++) {
      const s1 = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25);
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + (K[index] ?? 0) + (words[index] ?? 0)) | 0;
      const s0 = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22);
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0];
    }
    for (const [index, word] of [a, b, c, d, e, f, g, h].entries()) {
      this.#state[index] = (this.#state[index] ?? 0) + word;
    }
  }
}

function turned(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}

/** The first 32 bits behind the point. */
function fractionOf(number: number): number {
  return Math.floor((number - Math.floor(number)) * 2 ** 32);
}

function firstPrimes(count: number): number[] {
  const primes: number[] = [];
  for (let number = 2; primes.length < count; number++) {
    if (primes.every((prime) => number % prime !== 0)) primes.push(number);
  }
  return primes;
}
