// A console never shows another machine than its own: sessions of several machines over a source whose answers come late and in any
// order, while machines stop, start, are deleted and made anew, and links break. What is drawn is told apart by who sent it.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { streamClose, TtError, type VmState } from '@tt/protocol';
import { FakeChannel } from '../testing/fake-channel.ts';
import { ConsoleSession } from './console-session.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** The same numbers each time (Park and Miller), between 0 and 1. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** A far end that belongs to one machine. */
class ChannelOf extends FakeChannel {
  readonly vmId: string;

  constructor(vmId: string) {
    super();
    this.vmId = vmId;
  }
}

function fleet(random: () => number) {
  const owners = new Map<string, string>();
  const open = new Set<ChannelOf>();
  let tickets = 0;
  const source = {
    async openTicket(vmId: string): Promise<string> {
      await new Promise((resolve) => setTimeout(resolve, random() * 400));
      if (random() < 0.2) throw new TtError('VM_NOT_RUNNING', { vmName: vmId, state: 'stopped' });
      const ticket = `ticket-${++tickets}`;
      owners.set(ticket, vmId);
      return ticket;
    },
    openStream(ticket: string): ChannelOf {
      const vmId = owners.get(ticket);
      // As the agent: a ticket is good once.
      if (vmId === undefined) throw new Error(`${ticket} is not good`);
      owners.delete(ticket);
      const channel = new ChannelOf(vmId);
      open.add(channel);
      return channel;
    },
  };
  return { source, open };
}

it.each([1, 2, 3, 4, 5])('whatever happens to the machines (%i)', async (seed) => {
  const random = numbers(seed);
  const { source, open } = fleet(random);
  const names = ['a', 'b', 'c'];
  const drawn = new Map(names.map((name): [string, Set<string>] => [name, new Set()]));
  const stops: (() => void)[] = [];
  const sessions = names.map((vmId) => {
    const session = new ConsoleSession({ vmId, source });
    session.onBytes((bytes) => drawn.get(vmId)?.add(new TextDecoder().decode(bytes)));
    stops.push(session.start());
    return session;
  });
  const states: readonly VmState[] = ['running', 'running', 'paused', 'stopped', 'failed', 'unknown', 'running'];
  const pick = <Value>(from: readonly Value[]): Value | undefined => from[Math.floor(random() * from.length)];

  for (let step = 0; step < 400; step++) {
    const session = pick(sessions);
    const what = random();
    if (what < 0.35) session?.vmChanged(pick(states) ?? 'running');
    else if (what < 0.5) session?.retryNow();
    else if (what < 0.7) pick([...open])?.end(pick(Object.values(streamClose)) ?? 1006);
    else if (what < 0.75) session?.screenShown();
    // All far ends talk, also those that nobody should hear any more.
    for (const channel of open) channel.say(channel.vmId);
    await vi.advanceTimersByTimeAsync(random() * 200);
    for (const [vmId, from] of drawn) expect([...from].filter((one) => one !== vmId)).toEqual([]);
  }
  for (const stop of stops) stop();
  for (const channel of open) channel.say(channel.vmId);
  expect([...drawn].map(([vmId, from]) => [vmId, [...from]])).toEqual(names.map((name) => [name, [name]]));
  // Nothing goes on for a machine that nobody looks at.
  expect(sessions.map(({ channel }) => channel)).toEqual([null, null, null]);
});

it('a ticket that comes after its machine was deleted opens nothing', async () => {
  const { source, open } = fleet(() => 0.9);
  const session = new ConsoleSession({ vmId: 'a', source });
  const stop = session.start();
  session.vmChanged(null);
  await vi.advanceTimersByTimeAsync(10_000);
  expect([open.size, session.channel, session.phase]).toEqual([0, null, { kind: 'gone' }]);
  stop();
});
