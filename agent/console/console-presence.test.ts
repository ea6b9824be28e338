// Who looks, who types, and who has the keyboard, as the view of a VM tells it; times by a clock that the test moves.
import type { Presence } from '@tt/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ConsolePresence, type Onlooker } from './console-presence.ts';

const ann: Onlooker = { userName: 'ann', terminalName: null };
const bob: Onlooker = { userName: 'bob', terminalName: null };
const desk: Onlooker = { userName: null, terminalName: 'lab/desk-1' };

let presence: ConsolePresence;
let told: { change: number; presence: Presence | null }[];

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2026-11-30T12:00:00Z') });
  told = [];
  presence = new ConsolePresence({
    tell: (_vmId, change, now) => told.push({ change, presence: now }),
    now: () => new Date(),
  });
});
afterEach(() => {
  presence.stop();
  vi.useRealTimers();
});

const names = () =>
  presence
    .of('vm')
    ?.watchers.map(({ userName, terminalName, consoles, typing }) =>
      [userName ?? terminalName, consoles, ...(typing ? ['types'] : [])].join(' '),
    ) ?? [];

describe('who looks', () => {
  it('is named once, with how many consoles, and is gone with the last of them', () => {
    for (const who of [ann, bob, ann, desk]) presence.changeViewers('vm', who, 1);
    expect(names()).toEqual(['ann 2', 'bob 1', 'lab/desk-1 1']);
    presence.changeViewers('vm', ann, -1);
    presence.changeViewers('vm', bob, -1);
    expect(names()).toEqual(['ann 1', 'lab/desk-1 1']);
    presence.changeViewers('vm', ann, -1);
    presence.changeViewers('vm', desk, -1);
    expect(presence.of('vm')).toBe(null);
    expect(told.map(({ change }) => change)).toEqual([1, 1, 1, 1, -1, -1, -1, -1]);
    expect(told.at(-1)?.presence).toBe(null);
  });

  it('is told apart by VM, and a terminal from a user of the same name', () => {
    presence.changeViewers('vm', { userName: null, terminalName: 'ann' }, 1);
    presence.changeViewers('other', ann, 1);
    expect(names()).toEqual(['ann 1']);
    expect([presence.isWatchedBy('vm', 'ann'), presence.isWatchedBy('other', 'ann')]).toEqual([false, true]);
  });

  it('is named up to a limit; all are counted by others', () => {
    for (let index = 0; index < 40; index++)
      presence.changeViewers('vm', { userName: `user-${index}`, terminalName: null }, 1);
    expect(presence.of('vm')?.watchers).toHaveLength(32);
  });
});

describe('who types', () => {
  it('is said with the first key, and no more when they have rested, once each', () => {
    presence.changeViewers('vm', ann, 1);
    told = [];
    presence.typed('vm', ann);
    vi.advanceTimersByTime(2_000);
    presence.typed('vm', ann);
    vi.advanceTimersByTime(2_999);
    expect([names(), told.length]).toEqual([['ann 1 types'], 1]);
    vi.advanceTimersByTime(1);
    expect([names(), told.length]).toEqual([['ann 1'], 2]);
  });

  it('is not said of who does not look, and not after they have left', () => {
    presence.typed('vm', ann);
    expect(told).toEqual([]);
    presence.changeViewers('vm', ann, 1);
    presence.typed('vm', ann);
    presence.changeViewers('vm', ann, -1);
    told = [];
    vi.advanceTimersByTime(10_000);
    expect(told).toEqual([]);
  });
});

describe('the keyboard', () => {
  const may = () => [ann, bob, desk].map(({ userName }) => presence.mayType('vm', userName));

  it('is everybody’s, until one has it; then theirs alone, also where a stream asks', () => {
    for (const who of [ann, bob, desk]) presence.changeViewers('vm', who, 1);
    expect(may()).toEqual([true, true, true]);
    presence.giveKeyboard('vm', 'bob');
    expect(may()).toEqual([false, true, false]);
    expect([presence.typist('vm', ann).mayType(), presence.typist('vm', bob).mayType()]).toEqual([false, true]);
    expect(presence.of('vm')?.keyboard).toEqual({ userName: 'bob', since: '2026-11-30T12:00:00.000Z' });
    presence.giveKeyboard('vm', null);
    expect(may()).toEqual([true, true, true]);
    expect(presence.mayType('other', 'ann')).toBe(true);
  });

  it('waits for a holder whose link was lost, and not for one who stays away', () => {
    presence.changeViewers('vm', ann, 1);
    presence.giveKeyboard('vm', 'ann');
    presence.changeViewers('vm', ann, -1);
    vi.advanceTimersByTime(29_999);
    presence.changeViewers('vm', ann, 1);
    vi.advanceTimersByTime(60_000);
    expect(presence.holderOf('vm')).toBe('ann');
    presence.changeViewers('vm', ann, -1);
    vi.advanceTimersByTime(30_000);
    expect(presence.holderOf('vm')).toBe(null);
    expect(told.at(-1)).toEqual({ change: 0, presence: null });
  });

  it('that was given to the next is not taken by the wait for the one before', () => {
    presence.changeViewers('vm', bob, 1);
    presence.giveKeyboard('vm', 'ann');
    vi.advanceTimersByTime(20_000);
    presence.giveKeyboard('vm', 'bob');
    vi.advanceTimersByTime(60_000);
    expect(presence.holderOf('vm')).toBe('bob');
  });

  it('given to who has it already tells nothing new', () => {
    presence.giveKeyboard('vm', 'ann');
    told = [];
    presence.giveKeyboard('vm', 'ann');
    expect(told).toEqual([]);
  });
});
