// What arrives in a guest with a US keyboard, whichever way a character comes; and that nothing stays pressed.
import { describe, expect, it } from 'vitest';
import { GuestKeyboard, type KeyStrokes, type TypingEnd } from './guest-keyboard.ts';
import type { KeyEvent } from './typed-characters.ts';

/** As a guest reads its keys; a table of its own, of the keys used here. */
const guestKeys: Readonly<Record<string, string>> = {
  KeyA: 'aA',
  KeyB: 'bB',
  KeyZ: 'zZ',
  Digit2: '2@',
  Digit4: '4$',
  Enter: '\n\n',
  Tab: '\t\t',
};

class FakeGuest {
  text = '';
  capsLock = false;
  readonly down = new Set<string>();

  readonly take = ({ code, down }: KeyEvent): void => {
    if (!down) {
      this.down.delete(code);
      return;
    }
    if (code === 'CapsLock') this.capsLock = !this.capsLock;
    this.down.add(code);
    const keys = guestKeys[code];
    if (!keys) return;
    const shift = this.down.has('ShiftLeft') || this.down.has('ShiftRight');
    const upper = shift !== (this.capsLock && code.startsWith('Key'));
    this.text += this.down.has('AltRight') ? '?' : keys[upper ? 1 : 0];
  };
}

const key = (code: string, down: boolean, keysym = 0): KeyEvent => ({ code, down, keysym });

function connect({ capsLock = false, light = true }: { capsLock?: boolean; light?: boolean } = {}) {
  const guest = new FakeGuest();
  guest.capsLock = capsLock;
  const keyboard = new GuestKeyboard({
    send: guest.take,
    capsLock: () => (light ? guest.capsLock : null),
    pause: async () => {},
  });
  return { guest, keyboard };
}

/** After all that was handed in before. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

const typing = (keyboard: GuestKeyboard, text: string, more: object = {}): Promise<TypingEnd> =>
  keyboard.type(text, { signal: new AbortController().signal, onProgress: () => {}, ...more });

describe('text without keys', () => {
  const table = ['a', 'A', '$', 'Z', '@', '2', '4', '\n'].flatMap((character) =>
    [false, true].flatMap((capsLock) =>
      ([null, 'ShiftLeft', 'ShiftRight', 'AltRight'] as const).map((held) => ({ character, capsLock, held })),
    ),
  );
  it.each(table)(
    '$character arrives with Caps Lock $capsLock and $held held',
    async ({ character, capsLock, held }) => {
      const { guest, keyboard } = connect({ capsLock });
      if (held) keyboard.key(key(held, true, held === 'AltRight' ? 0xfe03 : 0xffe1));
      keyboard.text(character);
      await settled();
      expect([guest.text, [...guest.down]]).toEqual([character, held ? [held] : []]);
    },
  );

  it.each(['é', '€', '环', '\u0000'])(
    'leaves out %j, which a US keyboard does not have, and goes on',
    async (character) => {
      const { guest, keyboard } = connect();
      keyboard.text(`a${character}A`);
      await settled();
      expect(guest.text).toBe('aA');
    },
  );

  it('keeps its order among keys', async () => {
    const { guest, keyboard } = connect();
    keyboard.text('aZ');
    for (const down of [true, false]) keyboard.key(key('Tab', down));
    keyboard.text('$');
    for (const down of [true, false]) keyboard.key(key('Enter', down));
    await settled();
    expect(guest.text).toBe('aZ\t$\n');
  });

  it('reckons with Caps Lock pressed in a guest that has no light', async () => {
    const { guest, keyboard } = connect({ light: false });
    for (const down of [true, false]) keyboard.key(key('CapsLock', down));
    keyboard.text('aA');
    await settled();
    expect([guest.capsLock, guest.text]).toEqual([true, 'aA']);
  });
});

describe('a long text', () => {
  it('arrives whole, with Caps Lock on', async () => {
    const { guest, keyboard } = connect({ capsLock: true });
    expect(await typing(keyboard, 'aA$Z@24\r\na')).toBe('done');
    expect([guest.text, guest.down.size, guest.capsLock]).toEqual(['aA$Z@24\na', 0, true]);
  });

  it('stops between characters, so every key that went down came up', async () => {
    const { guest, keyboard } = connect();
    const abort = new AbortController();
    const onProgress = (done: number) => done === 3 && abort.abort();
    expect(await typing(keyboard, 'AB$AB', { signal: abort.signal, onProgress })).toBe('stopped');
    expect([guest.text, guest.down.size]).toEqual(['AB$', 0]);
  });

  it('ends when the screen is closed, and leaves no key down', async () => {
    const { guest, keyboard } = connect();
    keyboard.key(key('ControlLeft', true));
    const onProgress = (done: number) => done === 2 && keyboard.close();
    expect(await typing(keyboard, 'AAAA', { onProgress })).toBe('closed');
    keyboard.key(key('KeyA', true));
    expect([guest.text, guest.down.size]).toEqual(['AA', 0]);
  });

  it('goes as the guest reads, and ends when it does not read', async () => {
    const { guest, keyboard } = connect();
    let capacity = 13;
    const typeAsGuestReads = async (characters: readonly KeyStrokes[]) => {
      const taken = characters.slice(0, capacity);
      capacity -= taken.length;
      for (const event of taken.flat()) guest.take(event);
      return taken.length;
    };
    const seen: number[] = [];
    const end = await typing(keyboard, 'A'.repeat(30), { typeAsGuestReads, onProgress: (n: number) => seen.push(n) });
    expect([end, guest.text, guest.down.size, seen]).toEqual(['unread', 'A'.repeat(13), 0, [8, 13]]);
  });

  it('rejects when it can’t be sent, and keys go on', async () => {
    const { guest, keyboard } = connect();
    const typeAsGuestReads = () => Promise.reject(new Error('link down'));
    await expect(typing(keyboard, 'aa', { typeAsGuestReads })).rejects.toThrow('link down');
    keyboard.text('Z');
    await settled();
    expect(guest.text).toBe('Z');
  });

  it('does not wait for an answer once the screen is closed', async () => {
    const { keyboard } = connect();
    const end = typing(keyboard, 'aa', { typeAsGuestReads: () => new Promise(() => {}) });
    keyboard.close();
    expect(await end).toBe('closed');
  });
});

describe('held keys', () => {
  it('come up when the focus leaves, after the text under way', async () => {
    const { guest, keyboard } = connect();
    keyboard.key(key('ShiftLeft', true));
    keyboard.text('a');
    keyboard.releaseAll();
    await settled();
    expect([guest.text, guest.down.size]).toEqual(['a', 0]);
  });

  it('of a chord come up', () => {
    const { guest, keyboard } = connect();
    keyboard.chord([
      { keysym: 0xffe3, code: 'ControlLeft' },
      { keysym: 0x61, code: 'KeyA' },
    ]);
    expect([guest.text, guest.down.size]).toEqual(['a', 0]);
  });
});

describe('a guest with another layout', () => {
  const sentFor = async (text: string, held: KeyEvent[] = []) => {
    const sent: string[] = [];
    const keyboard = new GuestKeyboard({
      send: ({ code, down }) => void sent.push(`${down ? '+' : '-'}${code}`),
      capsLock: () => false,
      pause: async () => {},
    });
    keyboard.layout = 'de';
    for (const one of held) keyboard.key(one);
    sent.length = 0;
    keyboard.text(text);
    await settled();
    return sent;
  };

  it('gets the keys of that, with AltGr where it needs it, and dead keys before letters', async () => {
    expect(await sentFor('z')).toEqual(['+KeyY', '-KeyY']);
    expect(await sentFor('@')).toEqual(['+AltRight', '+KeyQ', '-KeyQ', '-AltRight']);
    expect(await sentFor('É')).toEqual(['+Equal', '-Equal', '+ShiftLeft', '+KeyE', '-KeyE', '-ShiftLeft']);
  });

  it('keeps an AltGr that is held where it is needed, and lifts it where it is not', async () => {
    const altGr = key('AltRight', true, 0xfe03);
    expect(await sentFor('@', [altGr])).toEqual(['+KeyQ', '-KeyQ']);
    expect(await sentFor('a', [altGr])).toEqual(['-AltRight', '+KeyA', '-KeyA', '+AltRight']);
  });
});
