// A byte stream over a WebSocket whose far end misbehaves in every way the protocol allows.
import { streamClose } from '@tt/protocol';
import { describe, expect, it } from 'vitest';
import { openPacedStreamOverWebSocket, openStreamOverWebSocket } from './stream.ts';
import { FakeSocket } from './test-fake-socket.ts';

const ready = JSON.stringify({ ready: true, kind: 'vnc' });

function open(): { socket: FakeSocket; seen: string[]; channel: ReturnType<typeof openStreamOverWebSocket> } {
  const socket = new FakeSocket();
  const channel = openStreamOverWebSocket(socket.asWebSocket, 'a-ticket-of-16-chars');
  const seen: string[] = [];
  channel.onopen = () => seen.push('open');
  channel.onmessage = ({ data }) =>
    seen.push(data instanceof ArrayBuffer ? `${data.byteLength} bytes` : `text ${data}`);
  channel.onerror = () => seen.push('error');
  channel.onclose = ({ code }) => seen.push(`close ${code}`);
  return { socket, seen, channel };
}

describe('a stream', () => {
  it('shows its ticket first, is open once the server is ready, and then passes bytes both ways', () => {
    const { socket, seen, channel } = open();
    expect([channel.readyState, socket.binaryType, socket.sent]).toEqual([0, 'arraybuffer', []]);
    socket.opens();
    expect([channel.readyState, socket.sent]).toEqual([0, ['{"ticket":"a-ticket-of-16-chars"}']]);
    expect(() => channel.send(new Uint8Array(1))).toThrow('The stream is not open.');
    socket.receives(ready);
    socket.receives(new ArrayBuffer(3));
    channel.send(new Uint8Array([7]));
    socket.closes(streamClose.vmNotRunning);
    expect([channel.readyState, seen]).toEqual([3, ['open', '3 bytes', 'close 4409']]);
    expect(socket.sent.slice(1)).toEqual([new Uint8Array([7])]);
    expect(() => channel.send(new Uint8Array(1))).toThrow('The stream is not open.');
  });

  it('takes a second ready frame for what the guest sent: it parses only the first', () => {
    const { socket, seen } = open();
    socket.opens();
    socket.receives(ready);
    socket.receives(ready);
    expect(seen).toEqual(['open', `text ${ready}`]);
  });

  it.each([
    ['bytes', new ArrayBuffer(4)],
    ['no JSON', 'RFB 003.008\n'],
    ['not ready', '{"ready":false,"kind":"vnc"}'],
    ['an unknown kind', '{"ready":true,"kind":"spice"}'],
    ['more than was agreed', '{"ready":true,"kind":"vnc","more":1}'],
  ])('never opens when the first frame is %s', (_what, frame) => {
    const { socket, seen, channel } = open();
    socket.opens();
    socket.receives(frame);
    expect(socket.closedWith).toEqual({ code: 4002, reason: 'unexpected first frame' });
    socket.receives(ready);
    socket.closes(4002);
    expect([channel.readyState, seen.includes('open')]).toEqual([3, false]);
  });

  it('says nothing more to a socket that is being closed', () => {
    const { socket, channel } = open();
    socket.opens();
    socket.receives(ready);
    channel.close(1000, 'leaving');
    channel.send(new Uint8Array([7]));
    expect(socket.sent).toEqual(['{"ticket":"a-ticket-of-16-chars"}']);
    const paced = openPacedStreamOverWebSocket(socket.asWebSocket, 'a-ticket-of-16-chars');
    socket.opens();
    socket.receives(ready);
    paced.close();
    const before = socket.sent.length;
    paced.dealtWith(5);
    expect(socket.sent).toHaveLength(before);
  });

  it('passes a refusal on with its code, and closes with the code it is given', () => {
    const refused = open();
    refused.socket.opens();
    refused.socket.fails();
    refused.socket.closes(streamClose.ticketInvalid);
    expect(refused.seen).toEqual(['error', 'close 4401']);

    const { socket, channel } = open();
    channel.close(3000, 'enough');
    expect(socket.closedWith).toEqual({ code: 3000, reason: 'enough' });
  });

  it('shows its ticket on a socket that is open already', () => {
    const socket = new FakeSocket();
    socket.readyState = 1;
    openStreamOverWebSocket(socket.asWebSocket, 'a-ticket-of-16-chars');
    expect(socket.sent).toEqual(['{"ticket":"a-ticket-of-16-chars"}']);
  });

  it('that is paced announces it, and says what was dealt with while it is open', () => {
    const socket = new FakeSocket();
    const channel = openPacedStreamOverWebSocket(socket.asWebSocket, 'a-ticket-of-16-chars', 'a secret');
    socket.opens();
    channel.dealtWith(1);
    socket.receives(ready);
    channel.dealtWith(3);
    channel.dealtWith(0);
    socket.closes();
    channel.dealtWith(4);
    expect([channel.readyState, socket.sent]).toEqual([
      3,
      ['{"ticket":"a-ticket-of-16-chars","session":"a secret","acknowledges":true}', '{"dealtWith":3}'],
    ]);
  });
});
