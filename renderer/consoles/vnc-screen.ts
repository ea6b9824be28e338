// One noVNC display inside its frame: who has the keyboard, which keys are down, letting go by Ctrl-Alt, is it all black.
// Made by VncView for each channel and closed with it. All keys go through its GuestKeyboard, those of noVNC too.
import type RFB from '@novnc/novnc';
import type { KeyboardLayout } from '@tt/protocol';
import { DevicePixels } from './device-pixels.ts';
import { GuestKeyboard, type TypingEnd, type TypingOptions } from './guest-keyboard.ts';
import { HeldKeys } from './held-keys.ts';
import type { ScreenQuality } from '../settings/screen-quality.ts';
import { qualityLevels, type ScreenView } from './screen-view.ts';
import { textWithoutKey } from './text-without-key.ts';
import type { KeyEvent } from './typed-characters.ts';

export interface ScreenListener {
  /** The handshake is done and a picture is on its way. */
  onShown: () => void;
  /** True when keys now go to the guest. */
  onKeys: (toGuest: boolean) => void;
  /** The screen went while it had the keyboard. */
  onKeysLost?: () => void;
  /** A key that goes to the guest, as it goes. */
  onInput?: (event: KeyEvent) => void;
  /** The last picture, when the screen ends; not if it never had one. */
  onLast?: (picture: ImageData) => void;
}

/** A pixel counts as black when no colour is brighter than this (of 255). */
const BLACK_LEVEL = 8;

export class VncScreen {
  readonly #rfb: RFB;
  readonly #frame: HTMLElement;
  readonly #listener: ScreenListener;
  readonly #keys = new HeldKeys();
  readonly #keyboard: GuestKeyboard;
  readonly #abort = new AbortController();
  #devicePixels: DevicePixels | null = null;
  #shown = false;
  #ended = false;

  /** `frame` is the element `rfb` was made in. */
  constructor(rfb: RFB, frame: HTMLElement, listener: ScreenListener) {
    this.#rfb = rfb;
    this.#frame = frame;
    this.#listener = listener;
    this.#keyboard = routeKeys(rfb, (event) => this.#listener.onInput?.(event));
    rfb.background = 'transparent';
    rfb.showDotCursor = true;
    const options = { capture: true, signal: this.#abort.signal };
    rfb.addEventListener('connect', this.#connected);
    rfb.addEventListener('disconnect', this.#disconnected);
    frame.addEventListener('keydown', this.#keyDown, options);
    frame.addEventListener('keyup', this.#keyUp, options);
    frame.addEventListener('compositionend', this.#composed, options);
    frame.addEventListener('focusin', this.#focusMoved, options);
    frame.addEventListener('focusout', this.#focusLeft, options);
  }

  /** Scales the picture into the frame, or shows it pixel by pixel with scroll bars. */
  setView(view: ScreenView): void {
    this.#devicePixels?.close();
    this.#devicePixels = view === 'device' ? new DevicePixels(this.#frame) : null;
    this.#rfb.scaleViewport = view !== 'actual';
  }

  /** The layout of the guest, for text that comes without keys. */
  setLayout(layout: KeyboardLayout): void {
    this.#keyboard.layout = layout;
  }

  /** From the next picture on. */
  setQuality(of: ScreenQuality): void {
    const { quality, compression } = qualityLevels[of];
    this.#rfb.qualityLevel = quality;
    this.#rfb.compressionLevel = compression;
  }

  /** Whether it is only looked at: no key and no pointer reaches the guest. */
  setViewOnly(viewOnly: boolean): void {
    if (viewOnly) this.#releaseKeys();
    this.#rfb.viewOnly = viewOnly;
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

  /** Presses these keys one after the other and releases them backwards: Ctrl-Alt-F2 and the like. */
  sendChord(keys: readonly Omit<KeyEvent, 'down'>[]): void {
    this.#keyboard.chord(keys);
  }

  /** Types a long text; see GuestKeyboard. */
  type(text: string, options: TypingOptions): Promise<TypingEnd> {
    return this.#keyboard.type(text, options);
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

  /** The picture of now as PNG in an address of its own, at once: for when the page goes. null when there is none. */
  pictureUrl(): string | null {
    return this.#shown && !this.#ended ? this.#rfb.toDataURL('image/png') : null;
  }

  /** The picture of now as PNG; null when there is none. */
  picture(): Promise<Blob | null> {
    if (!this.#shown) return Promise.resolve(null);
    return new Promise((resolve) => this.#rfb.toBlob(resolve, 'image/png'));
  }

  close(): void {
    const hadKeys = this.#canvas?.matches(':focus') ?? false;
    this.#releaseKeys();
    this.#tellLast();
    this.#devicePixels?.close();
    this.#devicePixels = null;
    this.#keyboard.close();
    this.#abort.abort();
    this.#rfb.removeEventListener('connect', this.#connected);
    this.#rfb.removeEventListener('disconnect', this.#disconnected);
    if (!this.#ended) this.#rfb.disconnect();
    this.#listener.onKeys(false);
    if (hadKeys) this.#listener.onKeysLost?.();
  }

  readonly #connected = (): void => {
    this.#shown = true;
    this.#listener.onShown();
  };

  /** It has ended, with its channel. */
  readonly #disconnected = (): void => {
    this.#tellLast();
    this.#ended = true;
    this.#keyboard.close();
  };

  #tellLast(): void {
    const { onLast } = this.#listener;
    if (onLast && this.#shown && !this.#ended) onLast(this.#rfb.getImageData());
  }

  readonly #keyDown = (event: KeyboardEvent): void => {
    if (event.target === this.#frame) {
      if (event.key !== 'Enter') return;
      event.preventDefault();
      this.takeKeys();
      return;
    }
    this.#keyboard.noticeLocks();
    const text = textWithoutKey(event);
    if (text === null) {
      if (event.isTrusted) this.#keys.press(event);
      return;
    }
    // noVNC would send it as a key without Shift, and keys of an input method beside the text that comes of them.
    event.preventDefault();
    event.stopPropagation();
    this.#keyboard.text(text);
  };

  readonly #composed = (event: CompositionEvent): void => this.#keyboard.text(event.data);

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
    // It has gone to nothing: with the canvas, or because the page was clicked beside everything. The canvas is still there now.
    if (event.relatedTarget === null) queueMicrotask(() => this.#canvas === null && this.#listener.onKeysLost?.());
  };

  get #canvas(): HTMLCanvasElement | null {
    return this.#frame.querySelector('canvas');
  }

  /** Lets noVNC see a release of every key that is down, as it keeps a list of its own; then whatever else is down. */
  #releaseKeys(): void {
    const canvas = this.#canvas;
    for (const code of this.#keys.takeAll()) canvas?.dispatchEvent(new KeyboardEvent('keyup', { code }));
    this.#keyboard.releaseAll();
  }
}

/** noVNC sends all its keys by its own `sendKey`, so what stands there instead gets them all. */
function routeKeys(rfb: RFB, onInput: (event: KeyEvent) => void): GuestKeyboard {
  const sendKey = rfb.sendKey.bind(rfb);
  const keyboard = new GuestKeyboard({
    send: (event) => {
      sendKey(event.keysym, event.code, event.down);
      onInput(event);
    },
    // oxlint-disable-next-line no-underscore-dangle -- noVNC's API does not tell it
    capsLock: () => rfb._remoteCapsLock,
  });
  rfb.sendKey = (keysym, code, down) => {
    const key = { keysym: keysym ?? 0, code: code ?? '' };
    if (down !== false) keyboard.key({ ...key, down: true });
    if (down !== true) keyboard.key({ ...key, down: false });
  };
  return keyboard;
}
