// Letting go is Ctrl-Alt alone; with any third key it belongs to the guest.
import { describe, expect, it } from 'vitest';
import { HeldKeys } from './held-keys.ts';

function play(...strokes: string[]): { letsGo: boolean; held: string[] } {
  const keys = new HeldKeys();
  let letsGo = false;
  for (const stroke of strokes) {
    const code = stroke.slice(1);
    if (stroke.startsWith('+')) keys.press({ code });
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

  it('knows what is still down', () => {
    expect(play('+ShiftLeft', '+KeyA', '+KeyA', '-KeyA')).toEqual({ letsGo: false, held: ['ShiftLeft'] });
  });
});
