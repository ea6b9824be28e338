// A visit to a console with a terminal and a guest of the test's own: what goes where, and that the terminal is given back.
import { EventEmitter } from 'node:events';
import type { ByteChannel } from '@tt/client';
import { streamClose } from '@tt/protocol';
import { describe, expect, it } from 'vitest';
import { DEFAULT_ESCAPE, escapeKeyFrom } from './escape-key.ts';
import { rawTerminal } from './raw-terminal.ts';
import { type SerialEnd, visitSerial } from './serial-session.ts';

class FakeKeyboard extends EventEmitter {
  readonly isTTY: boolean;
  readonly modes: boolean[] = [];
  isPaused = true;

  constructor(isTTY = true) {
    super();
    this.isTTY = isTTY;
  }
  setRawMode(on: boolean): void {
    this.modes.push(on);
  }
  pause(): this {
    this.isPaused = true;
    return this;
  }
  resume(): this {
    this.isPaused = false;
    return this;
  }
  type(text: string): void {
    this.emit('data', Buffer.from(text));
  }
}

function visit(keyboard = new FakeKeyboard()) {
  const sent: string[] = [];
  const shown: string[] = [];
  const screen = new EventEmitter();
  const wire = { paused: false, bufferedAmount: 0 };
  const closed: (number | undefined)[] = [];
  const channel: ByteChannel = {
    binaryType: 'arraybuffer',
    protocol: '',
    readyState: 0,
    onopen: null,
    onmessage: null,
    onclose: null,
    onerror: null,
    send: (data) => void sent.push(Buffer.from(data as Uint8Array).toString()),
    close: (code) => void closed.push(code),
  };
  let isSlow = false;
  const end: Promise<SerialEnd> = visitSerial({
    channel,
    socket: {
      pause: () => {
        wire.paused = true;
      },
      resume: () => {
        wire.paused = false;
      },
      get bufferedAmount() {
        return wire.bufferedAmount;
      },
    },
    input: keyboard as never,
    output: {
      write: (data: Buffer) => {
        shown.push(data.toString());
        return !isSlow;
      },
      once: (event: string, handle: () => void) => screen.once(event, handle),
    } as never,
    escapeKey: DEFAULT_ESCAPE,
  });
  return {
    keyboard,
    sent,
    shown,
    wire,
    closed,
    end,
    open: async () => {
      channel.onopen?.(new Event('open'));
      await Promise.resolve();
      await Promise.resolve();
    },
    guest: (text: string) =>
      channel.onmessage?.(new MessageEvent('message', { data: Uint8Array.from(Buffer.from(text)).buffer })),
    close: (code: number) => channel.onclose?.({ code } as CloseEvent),
    slow: () => {
      isSlow = true;
    },
    drain: () => screen.emit('drain'),
  };
}

describe('a visit to a serial console', () => {
  it('sends keys, Ctrl-C too, until the escape key, and gives the terminal back', async () => {
    const it = visit();
    await it.open();
    it.guest('login: \u001b]52;c;x\u0007');
    it.keyboard.type('root\r\u0003');
    it.keyboard.type('ls\u001dnot this');
    expect(await it.end).toBe('left');
    expect([it.sent, it.shown, it.keyboard.modes, it.keyboard.isPaused]).toEqual([
      ['root\r\u0003', 'ls'],
      ['login: '],
      [true, false],
      true,
    ]);
    expect([it.closed, it.keyboard.listenerCount('data')]).toEqual([[1000], 0]);
  });

  it('ends with the VM, and fails when the agent is gone; the terminal is given back both times', async () => {
    const stopped = visit();
    await stopped.open();
    stopped.close(streamClose.vmNotRunning);
    expect([await stopped.end, stopped.keyboard.modes]).toEqual(['vmEnded', [true, false]]);
    const lost = visit();
    lost.close(1006);
    await expect(lost.end).rejects.toMatchObject({ code: 'AGENT_GONE' });
    expect(lost.keyboard.modes).toEqual([true, false]);
  });

  it.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)('gives the terminal back at %s', async (signal) => {
    const it = visit();
    await it.open();
    process.emit(signal);
    expect([await it.end, it.keyboard.modes]).toEqual(['left', [true, false]]);
  });

  it('takes input that is no terminal byte for byte', async () => {
    const it = visit(new FakeKeyboard(false));
    await it.open();
    it.keyboard.type('a\u001db');
    it.close(streamClose.vmNotRunning);
    expect([await it.end, it.sent, it.keyboard.modes]).toEqual(['vmEnded', ['a\u001db'], []]);
  });

  it('holds the guest back while the terminal is slower', async () => {
    const it = visit();
    await it.open();
    it.slow();
    it.guest('much');
    expect(it.wire.paused).toBe(true);
    it.drain();
    expect(it.wire.paused).toBe(false);
    it.keyboard.type('\u001d');
    await it.end;
  });
});

it('a terminal is given back at the exit of the process, and only once', () => {
  const keyboard = new FakeKeyboard();
  const before = process.listenerCount('exit');
  const restore = rawTerminal(keyboard);
  expect(process.listenerCount('exit')).toBe(before + 1);
  process.listeners('exit').at(-1)?.call(process, 0);
  restore();
  expect([keyboard.modes, process.listenerCount('exit')]).toEqual([[true, false], before]);
});

it('the escape key is a control key', () => {
  expect(['^]', '^a', 'ctrl-A', '^@'].map((text) => escapeKeyFrom(text).byte)).toEqual([29, 1, 1, 0]);
  for (const text of ['a', '^', '^1', '']) expect(() => escapeKeyFrom(text)).toThrow('not a control key');
});
