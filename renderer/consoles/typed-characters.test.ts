// Which characters a keyboard can type, and with which keys.
import { describe, expect, it } from 'vitest';
import { strokesOf, typable } from './typed-characters.ts';

describe('a US keyboard', () => {
  it.each([
    ['a', [{ keysym: 0x61, code: 'KeyA', shifted: false, altGr: false, isLetter: true }]],
    ['A', [{ keysym: 0x41, code: 'KeyA', shifted: true, altGr: false, isLetter: true }]],
    ['|', [{ keysym: 0x7c, code: 'Backslash', shifted: true, altGr: false, isLetter: false }]],
    ['\n', [{ keysym: 0xff0d, code: 'Enter', shifted: false, altGr: false, isLetter: false }]],
    ['é', undefined],
    ['€', undefined],
  ])('has for %j', (character, stroke) => expect(strokesOf(character)).toEqual(stroke));

  it('can type every printable ASCII character, tab and new line', () => {
    const ascii = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join('');
    const { characters, untypable } = typable(`${ascii}\t\n`);
    expect(characters).toHaveLength(97);
    expect(untypable).toEqual([]);
  });

  it('takes CRLF as one Enter and names what it cannot type', () => {
    expect(typable('x\r\ny\r环境环')).toEqual({ characters: ['x', '\n', 'y', '\n'], untypable: ['环', '境'] });
  });
});

describe('a German keyboard', () => {
  it('takes keys of their own place, AltGr and dead keys', () => {
    const codes = (character: string) =>
      strokesOf(character, 'de')?.map(({ code, altGr }) => (altGr ? `AltGr ${code}` : code));
    expect([codes('z'), codes('@'), codes('é')]).toEqual([['KeyY'], ['AltGr KeyQ'], ['Equal', 'KeyE']]);
    // Servers that take symbols look for the key on a US keyboard.
    expect(strokesOf('z', 'de')?.[0]?.keysym).toBe('y'.charCodeAt(0));
    expect(strokesOf('<', 'de')?.[0]?.keysym).toBe('<'.charCodeAt(0));
  });

  it('types accents however they are written', () => {
    expect(typable('e\u0301', 'de')).toEqual({ characters: ['é'], untypable: [] });
    expect(typable('äß環', 'de')).toEqual({ characters: ['ä', 'ß'], untypable: ['環'] });
  });
});
