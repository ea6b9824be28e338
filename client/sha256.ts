// SHA-256 in pieces (FIPS 180-4), for browsers: their own can only hash what is in memory as a whole, and has none at all
// where the page comes by plain HTTP. Programs with a faster one give that to the transfers instead.

/** What a transfer asks of a hash. */
export interface RunningHash {
  update(bytes: Uint8Array): void;
  /** Small hex digits; nothing may be added afterwards. */
  hex(): string;
}

const ROUND = Uint32Array.from({ length: 64 }, (_, index) => fractionBits(Math.cbrt(prime(index))));
const START = Array.from({ length: 8 }, (_, index) => fractionBits(Math.sqrt(prime(index))));

export class Sha256 implements RunningHash {
  readonly #state = Uint32Array.from(START);
  readonly #block = new Uint8Array(64);
  readonly #words = new Uint32Array(64);
  #held = 0;
  #length = 0;

  update(bytes: Uint8Array): void {
    this.#length += bytes.length;
    let at = 0;
    if (this.#held > 0) {
      at = Math.min(64 - this.#held, bytes.length);
      this.#block.set(bytes.subarray(0, at), this.#held);
      this.#held += at;
      if (this.#held < 64) return;
      this.#mix(this.#block, 0);
    }
    for (; at + 64 <= bytes.length; at += 64) this.#mix(bytes, at);
    this.#block.set(bytes.subarray(at));
    this.#held = bytes.length - at;
  }

  hex(): string {
    const bits = this.#length * 8;
    const end = new Uint8Array(this.#held < 56 ? 64 - this.#held : 128 - this.#held);
    end[0] = 0x80;
    const view = new DataView(end.buffer);
    view.setUint32(end.length - 8, Math.floor(bits / 2 ** 32));
    view.setUint32(end.length - 4, bits >>> 0);
    this.update(end);
    return [...this.#state].map((word) => word.toString(16).padStart(8, '0')).join('');
  }

  #mix(bytes: Uint8Array, offset: number): void {
    const words = this.#words;
    const view = new DataView(bytes.buffer, bytes.byteOffset + offset, 64);
    for (let i = 0; i < 16; i++) words[i] = view.getUint32(i * 4);
    for (let i = 16; i < 64; i++) {
      const early = at(words, i - 15);
      const late = at(words, i - 2);
      const s0 = turn(early, 7) ^ turn(early, 18) ^ (early >>> 3);
      const s1 = turn(late, 17) ^ turn(late, 19) ^ (late >>> 10);
      words[i] = at(words, i - 16) + s0 + at(words, i - 7) + s1;
    }
    let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = this.#state;
    for (let i = 0; i < 64; i++) {
      const choice = (e & f) ^ (~e & g);
      const first = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + choice + at(ROUND, i) + at(words, i)) | 0;
      const second = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
    }
    for (const [index, word] of [a, b, c, d, e, f, g, h].entries()) {
      this.#state[index] = at(this.#state, index) + word;
    }
  }
}

function at(words: Uint32Array, index: number): number {
  return words[index] ?? 0;
}

function turn(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}

/** The first 32 bits behind the point. */
function fractionBits(root: number): number {
  return ((root - Math.floor(root)) * 2 ** 32) >>> 0;
}

/** The n-th prime, from 0. */
function prime(n: number): number {
  let found = -1;
  for (let number = 2; ; number++) {
    let isPrime = true;
    for (let i = 2; i * i <= number; i++) if (number % i === 0) isPrime = false;
    if (isPrime && ++found === n) return number;
  }
}
