// When a stream of the desktop acknowledges: main makes the guest wait for what it has not heard of.
import { afterEach, expect, test } from 'vitest';
import { openPacedPortChannel, openPortChannel, type ToMain } from './bridge-desktop-stream.ts';
import { until } from '../agent/testing/until.ts';

const ports: MessagePort[] = [];
afterEach(() => {
  for (const port of ports.splice(0)) port.close();
});

/** A stream that is open, and what main hears of it. */
async function open<Channel extends { readonly readyState: number }>(make: (port: Promise<MessagePort>) => Channel) {
  const { port1, port2 } = new MessageChannel();
  ports.push(port1, port2);
  const heard: ToMain[] = [];
  port1.onmessage = ({ data }: MessageEvent<ToMain>) => heard.push(data);
  const channel = make(Promise.resolve(port2));
  port1.postMessage({ type: 'open' });
  await until('it is open', () => channel.readyState === 1);
  return {
    channel,
    heard,
    send: (byteCount: number) => port1.postMessage({ type: 'data', bytes: new Uint8Array(byteCount) }),
  };
}

test('a stream acknowledges what it has given to its reader', async () => {
  const { channel, heard, send } = await open(openPortChannel);
  let got = 0;
  channel.onmessage = ({ data }) => (got += (data as ArrayBuffer).byteLength);
  send(3);
  await until('main has heard', () => heard.length === 1);
  expect([got, heard]).toEqual([3, [{ type: 'ack', byteCount: 3 }]]);
});

test('a paced stream acknowledges what its reader has dealt with, and nothing after its end', async () => {
  const { channel, heard, send } = await open(openPacedPortChannel);
  let got = 0;
  channel.onmessage = ({ data }) => (got += (data as ArrayBuffer).byteLength);
  send(3);
  await until('it has come', () => got === 3);
  channel.send('x');
  channel.dealtWith(2);
  channel.close();
  channel.dealtWith(1);
  await until('main has heard the end', () => heard.some(({ type }) => type === 'close'));
  expect(heard.map(({ type }) => type)).toEqual(['data', 'ack', 'close']);
});
