// Following what a command prints: bounded, whole characters, going on after a loss, nothing left behind.
import { streamClose, TtError } from '@tt/protocol';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeChannel } from '../testing/fake-channel.ts';
import { type OutputId, OutputTail } from './output-tail.ts';
import { wholeOutput } from './save-output.ts';

const ID: OutputId = { runId: 'r1', vmId: 'v1', channel: 'stdout' };

function source() {
  const offsets: number[] = [];
  const channels: FakeChannel[] = [];
  return {
    offsets,
    channels,
    openOutput: async (_id: OutputId, offset: number) => {
      offsets.push(offset);
      return 'ticket-0123456789';
    },
    openStream: () => {
      const channel = new FakeChannel();
      channels.push(channel);
      return channel;
    },
  };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());
const pass = () => vi.advanceTimersByTimeAsync(100);

test('what comes is shown, also where a character comes in two pieces, until all has come', async () => {
  const from = source();
  const tail = new OutputTail(ID, from);
  const stop = tail.start(0);
  await pass();
  const bytes = new TextEncoder().encode('你好\n');
  from.channels[0]?.say(bytes.subarray(0, 4));
  from.channels[0]?.say(bytes.subarray(4));
  await pass();
  expect([tail.text, tail.state, tail.isCut]).toEqual(['你好\n', 'following', false]);
  from.channels[0]?.say('end');
  from.channels[0]?.end(streamClose.vmNotRunning);
  expect([tail.text, tail.state]).toEqual(['你好\nend', 'ended']);
  stop();
  expect(vi.getTimerCount()).toBe(0);
});

test('of much only the end is kept, from a whole line on', async () => {
  const from = source();
  const tail = new OutputTail(ID, from);
  tail.start(1_000_000);
  await pass();
  expect(from.offsets).toEqual([1_000_000 - 64 * 1024]);
  const lines = Array.from({ length: 40_000 }, (_, number) => `line ${number}\n`);
  for (let at = 0; at < lines.length; at += 1000) from.channels[0]?.say(lines.slice(at, at + 1000).join(''));
  await pass();
  expect(tail.isCut).toBe(true);
  expect(tail.text.length).toBeLessThanOrEqual(64 * 1024);
  expect(tail.text).toMatch(/^line \d+\n/);
  expect(tail.text.endsWith('line 39999\n')).toBe(true);
});

test('after a loss it goes on where it stopped, when asked', async () => {
  const from = source();
  const tail = new OutputTail(ID, from);
  const stop = tail.start(0);
  await pass();
  from.channels[0]?.say('one\n');
  from.channels[0]?.end(1006);
  expect([tail.state, tail.failure?.code]).toEqual(['failed', 'AGENT_GONE']);
  tail.again();
  await pass();
  from.channels[1]?.say('two\n');
  await pass();
  expect([from.offsets, tail.text, tail.state]).toEqual([[0, 4], 'one\ntwo\n', 'following']);
  stop();
  expect(from.channels[1]?.readyState).toBe(3);
  expect(tail.state).toBe('following');
});

test('all of it is saved; what a lost link has cut off is not', async () => {
  const from = source();
  const saved = wholeOutput(ID, from, 6);
  await pass();
  from.channels[0]?.say('abc');
  from.channels[0]?.say('def');
  expect(await (await saved).text()).toBe('abcdef');
  const lost = wholeOutput(ID, from, 6).catch((error: unknown) => (error instanceof TtError ? error.code : null));
  await pass();
  from.channels[1]?.say('abc');
  from.channels[1]?.end(1006);
  expect(await lost).toBe('AGENT_GONE');
});
