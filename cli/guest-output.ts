// The bytes of a serial console on the way to a terminal. Colours and cursor movements pass; strings that make the terminal itself
// act (OSC: clipboard, title, links; DCS, SOS, PM, APC) are left out, whatever pieces they come in: a guest is not trusted.

const ESC = 0x1b;
const BEL = 0x07;
const CAN = 0x18;
const SUB = 0x1a;
/** The letters behind ESC that begin a string: P X ] ^ _ (ECMA-48, 5.6). */
const stringStarts: ReadonlySet<number> = new Set([0x50, 0x58, 0x5d, 0x5e, 0x5f]);
/** The first byte of C1 characters in UTF-8; the second is the letter behind ESC plus 0x40. */
const C1 = 0xc2;
const ST = 0x9c;

type State = 'text' | 'escape' | 'c1' | 'string' | 'stringEscape' | 'stringC1';

/** Keeps the state between pieces. */
export class GuestOutput {
  #state: State = 'text';

  /** What of the next piece goes to the terminal. */
  pass(piece: Uint8Array): Buffer {
    const kept: number[] = [];
    for (const byte of piece) this.#take(byte, kept);
    return Buffer.from(kept);
  }

  #take(byte: number, kept: number[]): void {
    switch (this.#state) {
      case 'text':
        if (byte === ESC) this.#state = 'escape';
        else if (byte === C1) this.#state = 'c1';
        else kept.push(byte);
        return;
      case 'escape':
        this.#afterLead(ESC, byte, stringStarts.has(byte), kept);
        return;
      case 'c1':
        this.#afterLead(C1, byte, stringStarts.has(byte - 0x40), kept);
        return;
      default:
        this.#inString(byte);
    }
  }

  /** A lead byte is held back until the byte behind it tells what it begins. */
  #afterLead(lead: number, byte: number, startsString: boolean, kept: number[]): void {
    this.#state = startsString ? 'string' : 'text';
    if (startsString) return;
    kept.push(lead);
    this.#take(byte, kept);
  }

  #inString(byte: number): void {
    const before = this.#state;
    this.#state = 'string';
    if (byte === BEL || byte === CAN || byte === SUB) this.#state = 'text';
    else if (before === 'stringEscape' && byte === 0x5c) this.#state = 'text';
    else if (before === 'stringC1' && byte === ST) this.#state = 'text';
    else if (byte === ESC) this.#state = 'stringEscape';
    else if (byte === C1) this.#state = 'stringC1';
  }
}
