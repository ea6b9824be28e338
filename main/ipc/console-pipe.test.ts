// Credit: a window that does not acknowledge stops the source after a MiB; both ends close each other, with the code.
import type { ByteChannel } from '@tt/client';
import { STREAM_HIGH_WATER_BYTES, streamClose, UPLOAD_WINDOW_BYTES } from '@tt/protocol';
import { describe, expect, it } from 'vitest';
import { pipeConsole, type ToWindow } from './console-pipe.ts';

function setUp() {
  const sent: ToWindow[] = [];
  const log: string[] = [];
  const listeners: { message?: (event: { data: unknown }) => void; close?: () => void } = {};
  const stream: ByteChannel & { written: number } = {
    binaryType: 'arraybuffer',
    protocol: '',
    readyState: 1,
    onopen: null,
    onmessage: null,
    onclose: null,
    onerror: null,
    written: 0,
    send(data) {
      this.written += (data as Uint8Array).byteLength;
    },
    close: (code) => void log.push(`stream closed ${code}`),
  };
  const socket = { bufferedAmount: 0, pause: () => void log.push('pause'), resume: () => void log.push('resume') };
  pipeConsole(
    {
      on: (event: 'message' | 'close', listener: never) => {
        listeners[event] = listener;
      },
      start: () => void log.push('started'),
      postMessage: (message) => void sent.push(message as ToWindow),
      close: () => void log.push('port closed'),
    },
    stream,
    socket,
  );
  return {
    sent,
    log,
    stream,
    socket,
    fromGuest: (byteLength: number) => stream.onmessage?.({ data: new ArrayBuffer(byteLength) } as MessageEvent),
    fromWindow: (data: unknown) => listeners.message?.({ data }),
    portClosed: () => listeners.close?.(),
  };
}

describe('pipeConsole', () => {
  it('pauses the source when a MiB is unacknowledged and resumes at half of it', () => {
    const { fromGuest, fromWindow, log } = setUp();
    fromGuest(STREAM_HIGH_WATER_BYTES);
    expect(log).toEqual(['started']);
    fromGuest(1);
    expect(log).toEqual(['started', 'pause']);
    fromGuest(100);
    fromWindow({ type: 'ack', byteCount: STREAM_HIGH_WATER_BYTES / 2 });
    expect(log).toEqual(['started', 'pause']);
    fromWindow({ type: 'ack', byteCount: 102 });
    expect(log).toEqual(['started', 'pause', 'resume']);
  });

  it('carries the close code to the window', () => {
    const { stream, sent, log } = setUp();
    stream.onclose?.({ code: streamClose.vmNotRunning, reason: 'ended' } as CloseEvent);
    expect(sent).toEqual([{ type: 'close', code: streamClose.vmNotRunning, reason: 'ended' }]);
    expect(log).toContain('port closed');
  });

  it('lets a paused socket hear the end of the window', () => {
    const { fromGuest, portClosed, log } = setUp();
    fromGuest(STREAM_HIGH_WATER_BYTES + 1);
    portClosed();
    expect(log).toEqual(['started', 'pause', 'resume', 'stream closed 1000', 'port closed']);
  });

  it.each([
    ['no object', 'hello'],
    ['an unknown type', { type: 'open' }],
    ['bytes that are none', { type: 'data', bytes: [1, 2] }],
    ['too many bytes', { type: 'data', bytes: new Uint8Array(STREAM_HIGH_WATER_BYTES + 1) }],
    ['more than was asked for', { type: 'ack', byteCount: 0, extra: true }],
    ['an acknowledgement of what was never sent', { type: 'ack', byteCount: 1 }],
  ])('cuts off a window that sends %s', (_what, message) => {
    const { fromWindow, sent, log } = setUp();
    fromWindow(message);
    expect(sent).toMatchObject([{ type: 'close', code: 4400 }]);
    expect(log).toContain('stream closed 1000');
  });

  it('gives up rather than hold keys for an agent that does not take them', () => {
    const { fromWindow, socket, stream, sent } = setUp();
    fromWindow({ type: 'data', bytes: new Uint8Array(3) });
    socket.bufferedAmount = UPLOAD_WINDOW_BYTES + STREAM_HIGH_WATER_BYTES + 1;
    fromWindow({ type: 'data', bytes: new Uint8Array(3) });
    expect(stream.written).toBe(3);
    expect(sent).toMatchObject([{ type: 'close', code: streamClose.upstreamFailed }]);
  });
});
