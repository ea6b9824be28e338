// What goes to the server for what happens in a console's frame: keys, text without keys, AltGr of Windows, a focus that
// leaves. noVNC is replaced by what it does with a key event: the event's symbol and key, sent by its own `sendKey`.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { VncScreen } from './vnc-screen.ts';

const keysyms: Readonly<Record<string, number>> = { Shift: 0xffe1, Control: 0xffe3, AltGraph: 0xfe03, Alt: 0xffea };

class FakeEvent extends Event {
  code = '';
  key = '';
  isComposing = false;
  data = '';

  constructor(type: string, { code = '', key = code, isComposing = false, data = '' }: Partial<FakeEvent>) {
    super(type, { cancelable: true });
    Object.assign(this, { code, key, isComposing, data });
  }
}

class FakeRfb extends EventTarget {
  readonly _remoteCapsLock: boolean | null;
  readonly sent: string[] = [];
  readonly #down = new Map<string, number>();

  constructor(capsLock: boolean) {
    super();
    // oxlint-disable-next-line no-underscore-dangle -- as in noVNC
    this._remoteCapsLock = capsLock;
  }

  sendKey(_keysym: number, code: string, down?: boolean): void {
    this.sent.push(`${down ? '+' : '-'}${code}`);
  }

  take(event: FakeEvent): void {
    const code = event.code || 'Unidentified';
    const keysym = keysyms[event.key] ?? event.key.codePointAt(0) ?? 0;
    if (event.type === 'keydown') {
      this.#down.set(code, keysym);
      this.sendKey(keysym, code, true);
    }
    if (event.type !== 'keyup' && code !== 'Unidentified') return;
    const known = this.#down.get(code);
    this.#down.delete(code);
    if (known !== undefined) this.sendKey(known, code, false);
  }

  disconnect(): void {}
}

/** The frame around noVNC's canvas: its listeners come first and may keep an event for themselves. */
class FakeFrame extends EventTarget {
  readonly canvas = new EventTarget();
  focused = false;
  /** The canvas has the focus. */
  hasKeys = false;
  readonly querySelector = () => ({
    dispatchEvent: (event: FakeEvent) => this.rfb.take(event),
    matches: () => this.hasKeys,
  });
  readonly rfb: FakeRfb;

  constructor(rfb: FakeRfb) {
    super();
    this.rfb = rfb;
  }

  focus(): void {
    this.focused = true;
  }

  /** As a user's event inside the frame. */
  play(type: string, parts: Partial<FakeEvent>): void {
    const event = new FakeEvent(type, parts);
    Object.defineProperties(event, { target: { value: this.canvas }, isTrusted: { value: true } });
    const stop = vi.spyOn(event, 'stopPropagation');
    this.dispatchEvent(event);
    if (stop.mock.calls.length === 0 && type.startsWith('key')) this.rfb.take(event);
  }
}

function open({ capsLock = false } = {}) {
  const rfb = new FakeRfb(capsLock);
  const frame = new FakeFrame(rfb);
  const listener = { onShown: () => {}, onKeys: () => {} };
  // They are no whole RFB and element: what VncScreen uses of them.
  const screen = Reflect.construct(VncScreen, [rfb, frame, listener]) as VncScreen;
  return { rfb, frame, screen };
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('KeyboardEvent', FakeEvent);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it.each([
  ['a', ['+KeyA', '-KeyA']],
  ['A', ['+ShiftLeft', '+KeyA', '-KeyA', '-ShiftLeft']],
  ['$', ['+ShiftLeft', '+Digit4', '-Digit4', '-ShiftLeft']],
  ['Z', ['+ShiftLeft', '+KeyZ', '-KeyZ', '-ShiftLeft']],
  ['@', ['+ShiftLeft', '+Digit2', '-Digit2', '-ShiftLeft']],
  ['é', []],
  ['€', []],
])('sends %j that comes without a key as the keys of a US keyboard', (key, keys) => {
  const { rfb, frame } = open();
  for (const type of ['keydown', 'keyup']) frame.play(type, { key });
  expect(rfb.sent).toEqual(keys);
});

it('sends physical keys as they are, whatever they give on the keyboard of the user', () => {
  const { rfb, frame } = open();
  for (const [code, key] of [
    ['KeyQ', '@'],
    ['KeyY', 'z'],
    ['Semicolon', 'ö'],
  ] as const)
    for (const type of ['keydown', 'keyup']) frame.play(type, { code, key });
  expect(rfb.sent).toEqual(['+KeyQ', '-KeyQ', '+KeyY', '-KeyY', '+Semicolon', '-Semicolon']);
});

it('sends the text of an input method once, not its keys', () => {
  const { rfb, frame } = open();
  frame.play('keydown', { code: 'KeyA', key: 'Process', isComposing: true });
  frame.play('compositionend', { data: 'B' });
  expect(rfb.sent).toEqual(['+ShiftLeft', '+KeyB', '-KeyB', '-ShiftLeft']);
});

it('turns Shift around for letters while the guest has Caps Lock on', () => {
  const { rfb, frame } = open({ capsLock: true });
  frame.play('keydown', { key: 'A' });
  expect(rfb.sent).toEqual(['+KeyA', '-KeyA']);
});

it('keeps the keyboard when AltGr is tapped on Windows, and gives it back by Ctrl-Alt', () => {
  const { frame } = open();
  const altGr = { code: 'AltRight', key: 'AltGraph' };
  frame.play('keydown', { code: 'ControlLeft', key: 'Control' });
  frame.play('keydown', altGr);
  frame.play('keyup', { code: 'ControlLeft', key: 'Control' });
  frame.play('keyup', altGr);
  expect(frame.focused).toBe(false);
  frame.play('keydown', { code: 'ControlLeft', key: 'Control' });
  frame.play('keydown', { code: 'AltLeft', key: 'Alt' });
  frame.play('keyup', { code: 'AltLeft', key: 'Alt' });
  expect(frame.focused).toBe(true);
});

it('releases each key once when the focus leaves, and when it is closed', () => {
  const { rfb, frame, screen } = open();
  frame.play('keydown', { code: 'ShiftLeft', key: 'Shift' });
  frame.play('focusout', {});
  expect(rfb.sent).toEqual(['+ShiftLeft', '-ShiftLeft']);
  frame.play('keydown', { code: 'ControlLeft', key: 'Control' });
  screen.close();
  expect(rfb.sent.slice(2)).toEqual(['+ControlLeft', '-ControlLeft']);
});

it('says that its keys are lost when it is closed with the keyboard, and only then', () => {
  const lost = (hasKeys: boolean) => {
    const rfb = new FakeRfb(false);
    const frame = Object.assign(new FakeFrame(rfb), { hasKeys });
    const onKeysLost = vi.fn();
    const listener = { onShown: () => {}, onKeys: () => {}, onKeysLost };
    (Reflect.construct(VncScreen, [rfb, frame, listener]) as VncScreen).close();
    return onKeysLost.mock.calls.length;
  };
  expect([lost(true), lost(false)]).toEqual([1, 0]);
});

it('gives its last picture once, when it is lost or closed, and none if it had none', () => {
  const picture = { width: 2, height: 1 } as ImageData;
  const ended = (...what: ('connect' | 'disconnect' | 'close')[]) => {
    const rfb = Object.assign(new FakeRfb(false), { getImageData: () => picture });
    const onLast = vi.fn();
    const listener = { onShown: () => {}, onKeys: () => {}, onLast };
    const screen = Reflect.construct(VncScreen, [rfb, new FakeFrame(rfb), listener]) as VncScreen;
    for (const one of what) {
      if (one === 'close') screen.close();
      else rfb.dispatchEvent(new Event(one));
    }
    return onLast.mock.calls;
  };
  expect(ended('connect', 'disconnect', 'close')).toEqual([[picture]]);
  expect(ended('connect', 'close')).toEqual([[picture]]);
  expect(ended('disconnect', 'close')).toEqual([]);
});
