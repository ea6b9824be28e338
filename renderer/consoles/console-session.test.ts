// The life of a console session with a hostile source: refusals, losses, states that change while a try is under way.
import { streamClose, TtError } from '@tt/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeChannel } from '../testing/fake-channel.ts';
import { ConsoleSession } from './console-session.ts';

function setUp(answers: (string | TtError)[] = []) {
  const channels: FakeChannel[] = [];
  const openTicket = vi.fn(async (_vmId: string) => {
    const answer = answers.shift() ?? 'ticket-0123456789';
    if (answer instanceof TtError) throw answer;
    return answer;
  });
  const session = new ConsoleSession({
    vmId: 'v1',
    source: {
      openTicket,
      openStream: () => {
        const channel = new FakeChannel();
        channels.push(channel);
        return channel;
      },
    },
    backoffMs: (attempt) => 100 * 2 ** attempt,
  });
  return { session, channels, openTicket };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const settle = () => vi.advanceTimersByTimeAsync(0);

describe('ConsoleSession', () => {
  it('connects, and leaves nothing behind when it is ended', async () => {
    const { session, channels } = setUp();
    const stop = session.start();
    expect(session.phase).toEqual({ kind: 'connecting' });
    await settle();
    session.screenShown();
    expect(session.phase).toEqual({ kind: 'connected' });
    stop();
    expect(channels.map(({ closedWith }) => closedWith)).toEqual([1000]);
    expect(session.channel).toBeNull();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('tells of what comes, before noVNC has it, until nobody listens', async () => {
    const { session, channels } = setUp();
    const stop = session.start();
    await settle();
    const heard = vi.fn();
    const unlisten = session.onBytes(heard);
    channels[0]?.say('x');
    unlisten();
    channels[0]?.say('x');
    expect(heard).toHaveBeenCalledTimes(1);
    stop();
  });

  it('sleeps while the VM is stopped and comes back with it', async () => {
    const { session, channels } = setUp();
    const stop = session.start();
    await settle();
    session.vmChanged('stopped');
    channels.at(-1)?.end(streamClose.vmNotRunning);
    expect(session.phase).toEqual({ kind: 'off' });
    expect(channels).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(channels).toHaveLength(1);
    session.vmChanged('running');
    await settle();
    expect(channels).toHaveLength(2);
    stop();
  });

  it('gets a new ticket after each loss, waits longer each time, and calls it a failure only then', async () => {
    const { session, channels, openTicket } = setUp();
    const stop = session.start();
    await settle();
    const kinds: string[] = [];
    for (const waitMs of [100, 200, 400, 800]) {
      channels.at(-1)?.end(streamClose.upstreamFailed);
      kinds.push(session.phase.kind);
      await vi.advanceTimersByTimeAsync(waitMs);
    }
    expect(kinds).toEqual(['connecting', 'connecting', 'connecting', 'failed']);
    expect(openTicket).toHaveBeenCalledTimes(5);
    session.screenShown();
    channels.at(-1)?.end(1006);
    expect(session.phase).toEqual({ kind: 'connecting' });
    stop();
  });

  it('keeps its picture while one process of the VM replaces another: the agent holds the stream', async () => {
    const { session, channels } = setUp();
    const stop = session.start();
    await settle();
    session.screenShown();
    session.vmChanged('stopped');
    expect(session.phase).toEqual({ kind: 'connected' });
    session.vmChanged('running');
    await settle();
    expect(session.phase).toEqual({ kind: 'connected' });
    expect(channels.map(({ closedWith }) => closedWith)).toEqual([undefined]);
    stop();
  });

  it('does not go on from an answer that came too late', async () => {
    const { session, channels } = setUp();
    const stop = session.start();
    session.vmChanged('stopped');
    await settle();
    expect(channels).toEqual([]);
    expect(session.phase).toEqual({ kind: 'off' });
    stop();
  });

  it('is gone for good when the VM is', async () => {
    const { session, openTicket } = setUp([new TtError('VM_NOT_FOUND', { vmId: 'v1' })]);
    const stop = session.start();
    await settle();
    expect(session.phase).toEqual({ kind: 'gone' });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(openTicket).toHaveBeenCalledTimes(1);
    stop();
  });

  it.each([
    new TtError('FEATURE_UNSUPPORTED', { feature: 'vnc', where: 'v1' }),
    new TtError('ENV_NOT_YOURS', { envName: 'demo', owner: 'kim' }),
    new TtError('NOT_ALLOWED', { user: 'kim', what: 'useBridge' }),
  ])('says $code at once, and tries again only when it is told to', async (refusal) => {
    const { session } = setUp([refusal]);
    const stop = session.start();
    await settle();
    expect(session.phase).toEqual({ kind: 'failed', error: refusal, retryAt: null });
    expect(vi.getTimerCount()).toBe(0);
    session.retryNow();
    await settle();
    expect(session.channel).not.toBeNull();
    stop();
  });

  it('keeps the picture while the agent can not tell the state', async () => {
    const { session, channels } = setUp();
    const stop = session.start();
    await settle();
    session.screenShown();
    session.vmChanged('unknown');
    expect(session.phase).toEqual({ kind: 'connected' });
    expect(channels.at(-1)?.closedWith).toBeUndefined();
    stop();
  });
});
