// A recorder over a channel that the test speaks for: what is in the file when a link was lost in between, and how it ends.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FakeChannel } from '../testing/fake-channel.ts';
import { type Recorded, RecordingReader } from '@tt/client/recordings';
import type { RecordingSink } from './recording-writer.ts';
import { ScreenRecorder } from './screen-recorder.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function setUp({ withInput = true, sinkFails = false } = {}) {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  const channels: FakeChannel[] = [];
  const sink: RecordingSink = {
    mostBytes: 1024 * 1024,
    write: async (bytes) => {
      if (sinkFails) throw new Error('the disk is full');
      pieces.push(Uint8Array.from(bytes));
    },
    close: async () => {},
    abort: async () => {},
  };
  let drawn = 0;
  const recorder = new ScreenRecorder({
    vmId: 'vm-1',
    vmName: 'demo/tiny-2-1',
    source: {
      openTicket: async () => 'ticket-0123456789',
      openStream: () => {
        const channel = new FakeChannel();
        channels.push(channel);
        return channel;
      },
    },
    sink,
    painter: () => {
      drawn++;
      return () => drawn--;
    },
    withInput,
    nowMs: () => Date.now(),
  });
  const read = async () => {
    const all: Recorded[] = [];
    for await (const one of (await RecordingReader.open(new Blob(pieces))).records()) all.push(one);
    return all.map((one) => {
      if (one.kind === 'screen') return new TextDecoder().decode(one.bytes);
      if (one.kind === 'mark') return one.mark.kind;
      if (one.kind === 'input') return `${one.input.down ? '+' : '-'}${one.input.code}`;
      return one.kind === 'end' ? one.reason : one.kind;
    });
  };
  return { recorder, channels, read, drawn: () => drawn };
}
const settle = () => vi.advanceTimersByTimeAsync(0);

it('has each connection from its beginning, keys and what happened', async () => {
  const { recorder, channels, read, drawn } = setUp();
  recorder.start();
  await settle();
  channels[0]?.say('RFB');
  recorder.session.screenShown();
  channels[0]?.say('picture');
  recorder.input({ code: 'KeyA', down: true });
  recorder.reverted('clean');
  channels[0]?.end(4502);
  await vi.advanceTimersByTimeAsync(250);
  channels[1]?.say('RFB again');
  await recorder.stop();
  vi.useRealTimers();
  expect(await read()).toEqual(['begin', 'RFB', 'picture', '+KeyA', 'reverted', 'begin', 'RFB again', 'stopped']);
  expect([recorder.state, drawn(), recorder.session.channel]).toEqual([{ kind: 'ended', reason: 'stopped' }, 0, null]);
});

it('says where the picture was lost, once, and ends with its machine', async () => {
  const { recorder, channels, read } = setUp({ withInput: false });
  recorder.start();
  await settle();
  channels[0]?.say('RFB');
  recorder.input({ code: 'KeyA', down: true });
  recorder.session.vmChanged('stopped');
  channels[0]?.end(4409);
  recorder.phaseChanged();
  recorder.phaseChanged();
  recorder.session.vmChanged(null);
  recorder.phaseChanged();
  await vi.advanceTimersByTimeAsync(1000);
  expect(recorder.state).toEqual({ kind: 'ended', reason: 'gone' });
  vi.useRealTimers();
  expect(await read()).toEqual(['begin', 'RFB', 'lost', 'gone']);
});

it('that can’t be written ends, and lets go of the machine', async () => {
  const { recorder, channels, drawn } = setUp({ sinkFails: true });
  recorder.start();
  await settle();
  channels[0]?.say('RFB');
  await vi.advanceTimersByTimeAsync(1000);
  expect(recorder.state).toMatchObject({ kind: 'failed', error: { message: 'the disk is full' } });
  expect([drawn(), recorder.session.channel]).toEqual([0, null]);
});
