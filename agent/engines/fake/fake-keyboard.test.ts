// The fake guest reads keys as a PC does: scancodes from viewers that send them, otherwise symbols without Shift.
import { expect, it } from 'vitest';
import { FakeKeyboard } from './fake-keyboard.ts';

function connect() {
  let text = '';
  const keyboard = new FakeKeyboard({
    typed: (character) => (text += character),
    backspace: () => (text = text.slice(0, -1)),
  });
  const tap = (...scancodes: number[]) => {
    for (const code of scancodes) keyboard.scancode(code, true);
    for (const code of scancodes.toReversed()) keyboard.scancode(code, false);
  };
  return { keyboard, tap, text: () => text };
}

it('knows Shift and Caps Lock', () => {
  const { tap, text } = connect();
  const [shift, caps, a, four] = [0x2a, 0x3a, 0x1e, 0x05] as const;
  tap(a);
  tap(shift, a);
  tap(shift, four);
  tap(caps);
  tap(a);
  tap(shift, a);
  tap(four);
  expect(text()).toBe('aA$Aa4');
});

it('types symbols without Shift, like QEMU', () => {
  const { keyboard, text } = connect();
  for (const character of 'aA$Zé@') keyboard.keysym(character.charCodeAt(0), true);
  expect(text()).toBe('aa4z2');
});
