// Letting go is Ctrl-Alt alone; with any third key it belongs to the guest.
import { describe, expect, it } from 'vitest';
import { HeldKeys } from './held-keys.ts';

/** `+` presses, `-` releases; 200 ms lie between two keys, none where `now` follows. */
function play(...strokes: string[]): { letsGo: boolean; held: string[] } {
  const keys = new HeldKeys();
  let letsGo = false;
  let timeStamp = 1000;
  for (const stroke of strokes) {
    const [code = '', how] = stroke.slice(1).split(' ');
    timeStamp += how === 'now' ? 1 : 200;
    const key = how === 'AltGraph' ? how : code;
    if (stroke.startsWith('+')) keys.press({ code, key, timeStamp });
    else letsGo = keys.release({ code }) || letsGo;
  }
  return { letsGo, held: keys.takeAll() };
}

describe('HeldKeys', () => {
  it('lets go at the first release of a bare Ctrl-Alt', () => {
    expect(play('+ControlLeft', '+AltLeft', '-AltLeft')).toEqual({ letsGo: true, held: ['ControlLeft'] });
    expect(play('+AltRight', '+ControlRight', '-AltRight')).toEqual({ letsGo: true, held: ['ControlRight'] });
  });

  it('keeps Ctrl-Alt-F2 and Ctrl-Alt-Del for the guest, whatever is released first', () => {
    expect(play('+ControlLeft', '+AltLeft', '+F2', '-F2', '-AltLeft', '-ControlLeft').letsGo).toBe(false);
    expect(play('+Delete', '+ControlLeft', '+AltLeft', '-AltLeft').letsGo).toBe(false);
  });

  it('keeps AltGr for the guest: alone, and with the Ctrl that Windows sends before it', () => {
    for (const altGr of ['+AltRight now', '+AltRight AltGraph']) {
      expect(play('+ControlLeft', altGr, '-ControlLeft', '-AltRight').letsGo).toBe(false);
      expect(play('+ControlLeft', altGr, '-AltRight', '-ControlLeft').letsGo).toBe(false);
    }
    expect(play('+ControlLeft', '+AltRight', '-AltRight').letsGo).toBe(true);
    expect(play('+AltRight AltGraph', '-AltRight', '+ControlLeft', '+AltLeft', '-AltLeft').letsGo).toBe(true);
  });

  it('knows what is still down', () => {
    expect(play('+ShiftLeft', '+KeyA', '+KeyA', '-KeyA')).toEqual({ letsGo: false, held: ['ShiftLeft'] });
  });
});
