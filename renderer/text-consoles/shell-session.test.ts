// A shell with a far end that is the test: its size, each way it can end, and what is opened after it.
import { encodeShellFrame, type ShellFrame, ShellFrameReader } from '@tt/client';
import { reason, type ShellEnd, streamClose, toErrorRecord, TtError } from '@tt/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakePaced } from '../testing/fake-channel.ts';
import { SlowSink } from '../testing/slow-sink.ts';
import { ShellSession } from './shell-session.ts';

const at = new Date('2026-11-30T10:00:00Z');
const vmName = 'demo/tiny-2-1';
let stop = () => {};

const exited = (exitCode: number): ShellEnd => ({ exitCode, signal: null, failure: null });
const failed = (error: TtError): ShellEnd => ({ exitCode: null, signal: null, failure: toErrorRecord(error) });
const reverted = failed(new TtError('SHELL_ENDED', { vmName, reason: reason('guest.GUEST_REVERTED') }));

class FarShell extends FakePaced {
  prints(text: string): void {
    this.say(encodeShellFrame({ kind: 'bytes', bytes: new TextEncoder().encode(text) }));
  }

  ends(end: ShellEnd): void {
    this.say(encodeShellFrame({ kind: 'end', end }));
    this.end(streamClose.vmNotRunning);
  }

  get frames(): ShellFrame[] {
    const reader = new ShellFrameReader();
    return this.sent.flatMap((bytes) => reader.push(bytes));
  }
}

/** `answers`: of the calls for a ticket, in order; all others give one. */
function setUp(answers: TtError[] = []) {
  const shells: FarShell[] = [];
  const openTicket = vi.fn(async (_vmId: string, _size: unknown) => {
    const answer = answers.shift();
    if (answer) throw answer;
    return 'a-ticket-of-16-chars';
  });
  const session = new ShellSession({
    vmId: 'v1',
    openTicket,
    openPacedStream: () => {
      const shell = new FarShell();
      shells.push(shell);
      return shell;
    },
    say: (event) => event.kind,
    backoffMs: () => 100,
    now: () => at,
  });
  const sink = new SlowSink();
  stop = session.start();
  session.text.showOn(sink);
  return { session, shells, sink, openTicket, last: () => shells.at(-1) as FarShell };
}

const settle = () => vi.advanceTimersByTimeAsync(0);

async function opened(answers: TtError[] = []) {
  const all = setUp(answers);
  all.session.setSize({ columns: 97, rows: 31 });
  await settle();
  all.shells[0]?.opens();
  return all;
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  stop();
  vi.useRealTimers();
});

describe('a shell in the window', () => {
  it('is opened when the screen has a size, with that size', async () => {
    const { session, openTicket, last } = setUp();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(openTicket).not.toHaveBeenCalled();
    session.setSize({ columns: 97, rows: 31 });
    await vi.advanceTimersByTimeAsync(1000);
    last().opens();
    expect(openTicket.mock.calls).toEqual([['v1', { columns: 97, rows: 31 }]]);
    expect([session.phase.kind, last().frames]).toEqual(['connected', []]);
  });

  it('shows what comes, and has dealt with it when it is drawn', async () => {
    const { session, sink, last } = await opened();
    last().prints('# ');
    expect([sink.shown, last().dealt]).toEqual(['# ', 0]);
    sink.waiting[0]?.();
    expect(last().dealt).toBe(5 + 2);
    expect(session.text.type('ls\r')).toBe(true);
    const bytes = new TextEncoder().encode('ls\r');
    expect(last().frames).toEqual([{ kind: 'bytes', bytes }]);
  });

  it('is told the last of many sizes, and none that it knows or no terminal has', async () => {
    const { session, last } = await opened();
    for (let columns = 60; columns <= 90; columns++) session.setSize({ columns, rows: 20 });
    await vi.advanceTimersByTimeAsync(100);
    session.setSize({ columns: 40, rows: 10 });
    session.setSize({ columns: 90, rows: 20 });
    await vi.advanceTimersByTimeAsync(100);
    session.setSize({ columns: 5000, rows: 10 });
    await vi.advanceTimersByTimeAsync(100);
    const sizes = [
      { columns: 90, rows: 20 },
      { columns: 2000, rows: 10 },
    ];
    expect(last().frames).toEqual(sizes.map((size) => ({ kind: 'resize', size })));
  });

  it('knows the size that the screen got while it was being opened', async () => {
    const { session, last } = setUp();
    session.setSize({ columns: 80, rows: 24 });
    await settle();
    session.setSize({ columns: 70, rows: 20 });
    await vi.advanceTimersByTimeAsync(1000);
    expect(last().frames).toEqual([]);
    last().opens();
    expect(last().frames).toEqual([{ kind: 'resize', size: { columns: 70, rows: 20 } }]);
  });
});

describe('after its end', () => {
  it('none is opened until its user says so', async () => {
    const { session, shells, sink, last } = await opened();
    last().prints('bye ');
    last().ends(exited(3));
    await vi.advanceTimersByTimeAsync(60_000);
    expect([session.phase, shells.length]).toEqual([{ kind: 'ended', end: exited(3) }, 1]);
    expect(session.text.type('lost')).toBe(false);
    session.openAgain();
    await settle();
    last().opens();
    last().prints('# ');
    expect([session.phase.kind, sink.shown]).toEqual(['connected', 'bye ![ended]![newShell]# ']);
    session.openAgain();
    await settle();
    expect(shells).toHaveLength(2);
  });

  it('none is opened where it could not begin, which is no line in the text', async () => {
    const refused = failed(new TtError('SHELL_REFUSED', { vmName, reason: reason('guest.GUEST_REFUSED_COMMAND') }));
    const { session, shells, sink, last } = await opened();
    last().ends(refused);
    await vi.advanceTimersByTimeAsync(60_000);
    expect([session.phase, shells.length, sink.shown]).toEqual([{ kind: 'ended', end: refused }, 1, '']);
  });

  it('one is opened below the text where its machine was reverted, when the guest answers', async () => {
    const silent = new TtError('SHELL_GUEST_UNREACHABLE', { vmName, reason: reason('guest.GUEST_HELPER_SILENT') });
    const answers: TtError[] = [];
    const { shells, sink, last } = await opened(answers);
    last().prints('before ');
    answers.push(silent, silent, silent, silent);
    last().ends(reverted);
    await vi.advanceTimersByTimeAsync(400);
    expect(shells).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(100);
    last().opens();
    last().prints('after');
    expect(sink.shown).toBe('before ![ended]![newShell]after');
  });

  it('one is opened after a lost link, and said not to be the same', async () => {
    const { session, sink, last } = await opened();
    last().prints('before ');
    last().end(streamClose.upstreamFailed);
    await vi.advanceTimersByTimeAsync(100);
    last().opens();
    expect([session.phase.kind, sink.shown]).toEqual(['connected', 'before ![lostShell]']);
  });

  it('one is opened when a machine that was stopped runs again', async () => {
    const { session, sink, shells, last } = await opened();
    session.vmChanged('stopped');
    last().ends(failed(new TtError('SHELL_ENDED', { vmName, reason: reason('stoppedMeanwhile') })));
    await vi.advanceTimersByTimeAsync(60_000);
    expect([session.phase.kind, shells.length]).toEqual(['off', 1]);
    session.vmChanged('running');
    await settle();
    last().opens();
    expect(sink.shown).toBe('![ended]![newShell]');
  });
});

it.each([
  ['where there are enough', new TtError('SHELL_VM_LIMIT', { vmName, most: 16 })],
  ['for somebody else’s ENV', new TtError('ENV_NOT_YOURS', { envName: 'demo', owner: 'kim' })],
  [
    'without a port for the helper',
    new TtError('SHELL_GUEST_UNREACHABLE', { vmName, reason: reason('guestHelperOff') }),
  ],
])('none is asked for again %s, but when its user says so', async (_where, error) => {
  const { session, openTicket, shells } = setUp([error]);
  session.setSize({ columns: 80, rows: 24 });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(session.phase).toEqual({ kind: 'failed', error, retryAt: null });
  expect(openTicket).toHaveBeenCalledTimes(1);
  session.text.console.retryNow();
  await settle();
  expect(shells).toHaveLength(1);
});

it('a session that is ended leaves nothing behind', async () => {
  const { session, shells, sink } = await opened();
  session.setSize({ columns: 10, rows: 10 });
  stop();
  expect([shells.map(({ closedWith }) => closedWith), sink.shown, vi.getTimerCount()]).toEqual([[1000], '', 0]);
});
