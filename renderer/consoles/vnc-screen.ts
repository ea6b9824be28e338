// One noVNC display inside its frame: who has the keyboard, which keys are down, letting go by Ctrl-Alt, is it all black.
// Made by VncView for each channel and closed with it. Uses only noVNC's public API and plain DOM events.
import type RFB from '@novnc/novnc';
import { HeldKeys } from './held-keys.ts';
import type { KeyEvent } from './paste-keystrokes.ts';

export interface ScreenListener {
  /** The handshake is done and a picture is on its way. */
  onShown: () => void;
  /** True when keys now go to the guest. */
  onKeys: (toGuest: boolean) => void;
}

/** A pixel counts as black when no colour is brighter than this (of 255). */
const BLACK_LEVEL = 8;

export class VncScreen {
  readonly #rfb: RFB;
  readonly #frame: HTMLElement;
  readonly #listener: ScreenListener;
  readonly #keys = new HeldKeys();
  readonly #abort = new AbortController();
  #shown = false;
  #ended = false;

  /** `frame` is the element `rfb` was made in. */
  constructor(rfb: RFB, frame: HTMLElement, listener: ScreenListener) {
    this.#rfb = rfb;
    this.#frame = frame;
    this.#listener = listener;
    rfb.background = 'transparent';
    rfb.showDotCursor = true;
    const options = { capture: true, signal: this.#abort.signal };
    rfb.addEventListener('connect', this.#connected);
    rfb.addEventListener('disconnect', this.#disconnected);
    frame.addEventListener('keydown', this.#keyDown, options);
    frame.addEventListener('keyup', this.#keyUp, options);
    frame.addEventListener('focusin', this.#focusMoved, options);
    frame.addEventListener('focusout', this.#focusLeft, options);
  }

  /** Scales the picture into the frame, or shows it pixel by pixel with scroll bars. */
  setFit(fit: boolean): void {
    this.#rfb.scaleViewport = fit;
  }

  /** Gives the keyboard to the guest. */
  takeKeys(): void {
    if (this.#shown) this.#rfb.focus({ preventScroll: true });
  }

  /** Takes the keyboard back: nothing stays pressed in the guest, and the frame has the focus. */
  letGo(): void {
    this.#releaseKeys();
    this.#frame.focus({ preventScroll: true });
  }

  send(event: KeyEvent): void {
    this.#rfb.sendKey(event.keysym, event.code, event.down);
  }

  /** Presses these keys one after the other and releases them backwards: Ctrl-Alt-F2 and the like. */
  sendChord(keys: readonly Omit<KeyEvent, 'down'>[]): void {
    for (const key of keys) this.send({ ...key, down: true });
    for (const key of keys.toReversed()) this.send({ ...key, down: false });
  }

  sendCtrlAltDel(): void {
    this.#rfb.sendCtrlAltDel();
  }

  /** True when a picture is there and no pixel of it is lit. */
  isBlack(): boolean {
    if (!this.#shown) return false;
    const { data } = this.#rfb.getImageData();
    for (let i = 0; i < data.length; i += 4) {
      if (Math.max(data[i] ?? 0, data[i + 1] ?? 0, data[i + 2] ?? 0) > BLACK_LEVEL) return false;
    }
    return data.length > 0;
  }

  close(): void {
    this.#releaseKeys();
    this.#abort.abort();
    this.#rfb.removeEventListener('connect', this.#connected);
    this.#rfb.removeEventListener('disconnect', this.#disconnected);
    if (!this.#ended) this.#rfb.disconnect();
    this.#listener.onKeys(false);
  }

  readonly #connected = (): void => {
    this.#shown = true;
    this.#listener.onShown();
  };

  /** It has ended by itself, with its channel. */
  readonly #disconnected = (): void => {
    this.#ended = true;
  };

  readonly #keyDown = (event: KeyboardEvent): void => {
    if (event.target === this.#frame) {
      if (event.key !== 'Enter') return;
      event.preventDefault();
      this.takeKeys();
    } else if (event.isTrusted) this.#keys.press(event);
  };

  readonly #keyUp = (event: KeyboardEvent): void => {
    if (event.target === this.#frame || !event.isTrusted) return;
    if (this.#keys.release(event)) this.letGo();
  };

  readonly #focusMoved = (event: FocusEvent): void => {
    this.#listener.onKeys(event.target !== this.#frame);
  };

  readonly #focusLeft = (event: FocusEvent): void => {
    if (event.target === this.#frame) return;
    this.#releaseKeys();
    this.#listener.onKeys(false);
  };

  /** Lets noVNC see a release of every key that is down: it knows each key's symbol, and clears its own list. */
  #releaseKeys(): void {
    const canvas = this.#frame.querySelector('canvas');
    for (const code of this.#keys.takeAll()) canvas?.dispatchEvent(new KeyboardEvent('keyup', { code }));
  }
}
