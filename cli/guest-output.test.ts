// What a hostile guest writes to its console does not reach the terminal's clipboard, title or printer, one byte at a time.
import { describe, expect, it } from 'vitest';
import { GuestOutput } from './guest-output.ts';

/** Through the filter in pieces of one byte. */
function passed(text: string): string {
  const output = new GuestOutput();
  return Buffer.concat([...Buffer.from(text)].map((byte) => output.pass(Uint8Array.of(byte)))).toString();
}

describe('the output of a guest', () => {
  it('keeps text of every language, colours and cursor movements', () => {
    const harmless = 'login: \u001b[1;31mé 名前 ¢\u001b[0m\r\n\u001b[2J\u001b(B\u0085\u009b1m';
    expect(passed(harmless)).toBe(harmless);
  });

  it.each([
    ['OSC, ended by BEL', '\u001b]52;c;aGk=\u0007'],
    ['OSC, ended by ST', '\u001b]0;title\u001b\\'],
    ['OSC of one character', '\u009d52;c;aGk=\u009c'],
    ['DCS', '\u001bP$q"p\u001b\\'],
    ['APC', '\u001b_payload\u001b\\'],
    ['PM', '\u009epayload\u001b\\'],
    ['SOS with an escape that ends nothing', '\u001bXa\u001b[31m\u001b\\'],
  ])('leaves out %s', (_kind, string) => {
    expect(passed(`a${string}b`)).toBe('ab');
    const output = new GuestOutput();
    expect(output.pass(Buffer.from(`a${string}b`)).toString()).toBe('ab');
  });

  it('goes on after a string that is broken off', () => {
    expect(passed('a\u001b]0;x\u0018b')).toBe('ab');
  });

  it('takes an escape behind an escape for the beginning of the next', () => {
    expect(passed('\u001b\u001b]52;c;x\u0007b')).toBe('\u001bb');
  });
});
