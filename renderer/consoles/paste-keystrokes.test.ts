// Text to key events: Shift is synthesised, and a cancelled paste never leaves a key down.
import { describe, expect, it } from 'vitest';
import { type KeyEvent, planKeystrokes, typeKeystrokes } from './paste-keystrokes.ts';

const short = ({ code, down }: KeyEvent) => `${down ? '+' : '-'}${code}`;

describe('planKeystrokes', () => {
  it('presses Shift around each character that needs it', () => {
    expect(planKeystrokes('a|A').characters.map((events) => events.map(short))).toEqual([
      ['+KeyA', '-KeyA'],
      ['+ShiftLeft', '+Backslash', '-Backslash', '-ShiftLeft'],
      ['+ShiftLeft', '+KeyA', '-KeyA', '-ShiftLeft'],
    ]);
  });

  it('can type every printable ASCII character, tab and new line', () => {
    const ascii = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join('');
    const plan = planKeystrokes(`${ascii}\t\n`);
    expect(plan.characters).toHaveLength(97);
    expect(plan.untypable).toEqual([]);
  });

  it('takes CRLF as one Enter and names what it cannot type', () => {
    const plan = planKeystrokes('x\r\ny\r环境环');
    expect(plan.characters.map((events) => events.map(short)[0])).toEqual(['+KeyX', '+Enter', '+KeyY', '+Enter']);
    expect(plan.untypable).toEqual(['环', '境']);
  });
});

describe('typeKeystrokes', () => {
  it('stops between characters, so every key that went down came up', async () => {
    const abort = new AbortController();
    const down = new Set<string>();
    const seen: number[] = [];
    const done = await typeKeystrokes(planKeystrokes('AB|CD'), {
      signal: abort.signal,
      send: (event) => void (event.down ? down.add(event.code) : down.delete(event.code)),
      onProgress: (count) => {
        seen.push(count);
        if (count === 3) abort.abort();
      },
      pause: async () => {},
    });
    expect({ done, seen, down: [...down] }).toEqual({ done: 3, seen: [1, 2, 3], down: [] });
  });
});
