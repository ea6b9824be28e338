// Which characters a US keyboard can type, and with which keys.
import { describe, expect, it } from 'vitest';
import { strokeOf, typable } from './us-keyboard.ts';

describe('a US keyboard', () => {
  it.each([
    ['a', { keysym: 0x61, code: 'KeyA', shifted: false }],
    ['A', { keysym: 0x41, code: 'KeyA', shifted: true }],
    ['|', { keysym: 0x7c, code: 'Backslash', shifted: true }],
    ['\n', { keysym: 0xff0d, code: 'Enter', shifted: false }],
    ['é', undefined],
    ['€', undefined],
  ])('has for %j', (character, stroke) => expect(strokeOf(character)).toEqual(stroke));

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
