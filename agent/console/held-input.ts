// Which keys and buttons of a viewer reach its guest while that is replaced: what is pressed in between goes nowhere, and what is
// still held afterwards is not pressed in the new guest, however often it repeats, until it has been let go of.
import { fromViewer } from './rfb.ts';

/** More are not remembered: nobody has so many fingers, but a viewer may send anything. */
const MAX_KEYS = 256;

export class HeldInput {
  readonly #down = new Set<string>();
  /** Down, but not in the guest. */
  readonly #ignored = new Set<string>();
  #buttons = 0;
  #ignoredButtons = 0;
  #isOpen = true;

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Nothing passes from now on. */
  close(): void {
    this.#isOpen = false;
    for (const key of this.#down) this.#ignored.add(key);
    this.#down.clear();
    this.#ignoredButtons |= this.#buttons;
    this.#buttons = 0;
  }

  open(): void {
    this.#isOpen = true;
  }

  /**
   * A key message of RFB or of QEMU: whether it may pass. `mayPress`: its viewer has the keyboard; without it only releases of what
   * they had pressed before go through, so that nothing is left pressed in the guest.
   */
  passesKey(message: Buffer, mayPress = true): boolean {
    const isExtended = message.readUInt8(0) === fromViewer.qemu;
    const isDown = isExtended ? message.readUInt16BE(2) !== 0 : message.readUInt8(1) !== 0;
    const key = isExtended ? `code ${message.readUInt32BE(8)}` : `symbol ${message.readUInt32BE(4)}`;
    const mayPass = mayPress || (!isDown && this.#down.has(key));
    if (this.#isOpen && !this.#ignored.has(key) && mayPass) {
      change(this.#down, key, isDown);
      return true;
    }
    // One that is down and repeats while its viewer may not press is released as any other.
    if (!this.#down.has(key)) change(this.#ignored, key, isDown);
    return false;
  }

  /** A pointer message as it may pass, changed in place; null: not at all. Without `mayPress` only releases of buttons go through. */
  pointer(message: Buffer, mayPress = true): Buffer | null {
    const buttons = message.readUInt8(1);
    if (!this.#isOpen) {
      this.#ignoredButtons = buttons;
      return null;
    }
    if (!mayPress) {
      const left = this.#buttons & buttons;
      this.#ignoredButtons = buttons & ~left;
      if (left === this.#buttons) return null;
      this.#buttons = left;
      message.writeUInt8(left, 1);
      return message;
    }
    this.#ignoredButtons &= buttons;
    this.#buttons = buttons & ~this.#ignoredButtons;
    message.writeUInt8(this.#buttons, 1);
    return message;
  }
}

function change(keys: Set<string>, key: string, isDown: boolean): void {
  if (!isDown) keys.delete(key);
  else if (keys.size < MAX_KEYS) keys.add(key);
}
