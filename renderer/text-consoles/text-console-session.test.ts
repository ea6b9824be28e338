// A console of text with a hostile far end: what is drawn when, who waits for whom, and the lines between two lives of a guest.
import { streamClose } from '@tt/protocol';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakePaced } from '../testing/fake-channel.ts';
import { SlowSink } from '../testing/slow-sink.ts';
import { TextConsoleSession } from './text-console-session.ts';

const at = new Date('2026-11-30T10:00:00Z');
let stop = () => {};

function setUp() {
  const channels: FakePaced[] = [];
  const session = new TextConsoleSession({
    vmId: 'v1',
    openTicket: async () => 'a-ticket-of-16-chars',
    openPacedStream: () => {
      const channel = new FakePaced();
      channels.push(channel);
      return channel;
    },
    again: (wasOff, when) => ({ kind: wasOff ? 'startedAgain' : 'reconnected', at: when }),
    say: (event) => (event.kind === 'reverted' ? `to ${event.snapshot}` : event.kind),
    backoffMs: () => 100,
    now: () => at,
  });
  stop = session.start();
  return { session, channels, sink: new SlowSink(), last: () => channels.at(-1) as FakePaced };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  stop();
  vi.useRealTimers();
});
const settle = () => vi.advanceTimersByTimeAsync(0);

async function connected() {
  const all = setUp();
  all.session.showOn(all.sink);
  await settle();
  all.last().opens();
  return all;
}

test('what comes is dealt with when it is drawn, not before', async () => {
  const { session, sink, last } = await connected();
  expect(session.console.phase).toEqual({ kind: 'connected' });
  last().say('hello ');
  last().say('world');
  expect([sink.shown, last().dealt]).toEqual(['hello world', 0]);
  sink.waiting[0]?.();
  expect(last().dealt).toBe(6);
  sink.waiting[1]?.();
  expect(last().dealt).toBe(11);
});

test('nothing is lost or dealt with while the screen is still being loaded', async () => {
  const { session, sink, last } = setUp();
  await settle();
  last().opens();
  last().say('early');
  expect(last().dealt).toBe(0);
  session.tell({ kind: 'reverted', snapshot: 'clean', at });
  session.showOn(sink);
  await settle();
  last().say(' late');
  expect(sink.shown).toBe('![to clean]early late');
});

test('a lost link comes back with what is missing said, and bytes of the old stream are no longer counted for the new one', async () => {
  const { session, sink, channels, last } = await connected();
  last().say('one ');
  last().end(streamClose.upstreamFailed);
  expect(session.console.phase).toEqual({ kind: 'connecting' });
  expect(session.type('lost')).toBe(false);
  await vi.advanceTimersByTimeAsync(100);
  last().opens();
  last().say(' two');
  expect(sink.shown).toBe('one [reconnected] two');
  for (const done of sink.waiting) done();
  expect(channels.map(({ dealt }) => dealt)).toEqual([4, 4]);
});

test('a machine that was off ends what it had begun on the screen; the text stays', async () => {
  const { session, sink, last } = await connected();
  last().say('Kernel panic ');
  session.vmChanged('stopped');
  last().end(streamClose.vmNotRunning);
  expect([session.console.phase.kind, sink.shown]).toEqual(['off', 'Kernel panic ']);
  session.vmChanged('running');
  await settle();
  last().opens();
  expect(sink.shown).toBe('Kernel panic ![startedAgain]');
});

test('a revert is a line in what is there already; the stream is the same', async () => {
  const { session, sink, channels, last } = await connected();
  last().say('before ');
  session.tell({ kind: 'reverted', snapshot: 'clean', at });
  last().say(' after');
  expect([sink.shown, channels.length]).toEqual(['before ![to clean] after', 1]);
});

test('what is typed goes in pieces, whole', async () => {
  const { session, last } = await connected();
  const text = '环'.repeat(10_000);
  expect(session.type(text)).toBe(true);
  expect(last().pieces).toEqual([16_384, 13_616]);
});

test('an ended session leaves nothing behind', async () => {
  const { session, sink, channels } = await connected();
  session.showOn(null);
  stop();
  expect([channels.map(({ closedWith }) => closedWith), sink.shown, vi.getTimerCount()]).toEqual([[1000], '', 0]);
});
