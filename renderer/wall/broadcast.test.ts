// Who gets what is typed: only chosen machines whose line is ready, and nothing stays pressed when one is left out.
import type { VmState } from '@tt/protocol';
import { observable, runInAction } from 'mobx';
import { expect, test } from 'vitest';
import { FakePaced } from '../testing/fake-channel.ts';
import { Broadcast } from './broadcast.ts';
import { type PadKey, padKeyMessage } from './pad-key.ts';

const KEY_A: PadKey = { keysym: 0x61, keycode: 0x1e, down: true };
const KEY_A_UP: PadKey = { ...KEY_A, down: false };

function setUp({ isTaken = (_vmId: string): boolean => false, isLinkUp = (): boolean => true } = {}) {
  const channels = new Map<string, FakePaced>();
  const told = new Map<string, (state: VmState | null) => void>();
  const broadcast = new Broadcast({
    source: {
      openTicket: async (vmId) => vmId,
      openStream: (vmId) => {
        const channel = new FakePaced();
        channel.opens();
        channels.set(vmId, channel);
        return channel;
      },
    },
    follow: (vmId, tell) => {
      told.set(vmId, tell);
      tell('running');
      return () => void told.delete(vmId);
    },
    isTaken: (vmId) => isTaken(vmId),
    isLinkUp: () => isLinkUp(),
  });
  const shake = async (vmId: string) => {
    await expect.poll(() => channels.get(vmId)?.onmessage).toBeTruthy();
    const channel = channels.get(vmId);
    if (!channel) throw new Error(`no line to ${vmId}`);
    channel.say('RFB 003.008\n');
    channel.say(Uint8Array.of(1, 1));
    channel.say(new Uint8Array(4));
    const init = new Uint8Array(40);
    new DataView(init.buffer).setInt16(26, 1);
    new DataView(init.buffer).setInt32(36, -258);
    channel.say(init);
    await expect.poll(() => broadcast.stateOf(vmId)).toBe('ready');
    channel.sent.length = 0;
    return channel;
  };
  return { broadcast, told, shake };
}

test('without a choice it can’t be armed; keys go to the chosen ones alone', async () => {
  const { broadcast, shake } = setUp();
  broadcast.arm();
  expect(broadcast.armed).toBe(false);
  broadcast.choose('v1', true);
  broadcast.choose('v2', true);
  broadcast.choose('v3', true);
  broadcast.choose('v3', false);
  broadcast.arm();
  const [one, two] = [await shake('v1'), await shake('v2')];
  expect(broadcast.ready).toEqual(['v1', 'v2']);
  expect(broadcast.stateOf('v3')).toBeNull();
  broadcast.key(KEY_A);
  for (const channel of [one, two]) expect(channel.sent).toEqual([padKeyMessage(KEY_A)]);
});

test('a machine that is left out has nothing pressed any more; one that comes later does not get the key that is held', async () => {
  const { broadcast, shake } = setUp();
  broadcast.choose('v1', true);
  broadcast.choose('v2', true);
  broadcast.arm();
  const [one, two] = [await shake('v1'), await shake('v2')];
  broadcast.key(KEY_A);
  broadcast.choose('v2', false);
  expect(two.sent).toEqual([padKeyMessage(KEY_A), padKeyMessage(KEY_A_UP)]);
  expect(two.closedWith).toBe(1000);
  broadcast.choose('v3', true);
  const three = await shake('v3');
  broadcast.key(KEY_A_UP);
  expect(three.sent).toEqual([]);
  expect(one.sent).toEqual([padKeyMessage(KEY_A), padKeyMessage(KEY_A_UP)]);
});

test('a machine that stops gets nothing, and is told as off; disarming ends every line', async () => {
  const { broadcast, told, shake } = setUp();
  broadcast.choose('v1', true);
  broadcast.choose('v2', true);
  broadcast.arm();
  const [one, two] = [await shake('v1'), await shake('v2')];
  told.get('v2')?.('stopped');
  two.end(4404);
  expect(broadcast.stateOf('v2')).toBe('off');
  broadcast.key(KEY_A);
  expect(two.sent).toEqual([]);
  broadcast.disarm();
  expect(one.sent).toEqual([padKeyMessage(KEY_A), padKeyMessage(KEY_A_UP)]);
  expect(one.closedWith).toBe(1000);
  expect(broadcast.chosen).toEqual(['v1', 'v2']);
  expect(told.size).toBe(0);
});

test('without its last machine it is not armed any more', () => {
  const { broadcast } = setUp();
  broadcast.choose('v1', true);
  broadcast.arm();
  broadcast.choose('v1', false);
  expect(broadcast.armed).toBe(false);
});

test('a machine whose keyboard somebody else has is not counted among those that get keys', async () => {
  const taken = observable.box(false);
  const { broadcast, shake } = setUp({ isTaken: (vmId) => vmId === 'v1' && taken.get() });
  for (const vmId of ['v1', 'v2']) broadcast.choose(vmId, true);
  broadcast.arm();
  for (const vmId of ['v1', 'v2']) await shake(vmId);
  expect(broadcast.ready).toEqual(['v1', 'v2']);
  runInAction(() => taken.set(true));
  expect([broadcast.ready, broadcast.stateOf('v1')]).toEqual([['v2'], 'taken']);
  broadcast.disarm();
});

test('while the link is down nothing is pressed, and what was is released', async () => {
  const up = observable.box(true);
  const { broadcast, shake } = setUp({ isLinkUp: () => up.get() });
  broadcast.choose('v1', true);
  broadcast.arm();
  const line = await shake('v1');
  broadcast.key(KEY_A);
  runInAction(() => up.set(false));
  expect([broadcast.ready, broadcast.stateOf('v1')]).toEqual([[], 'connecting']);
  broadcast.key(KEY_A_UP);
  broadcast.key({ ...KEY_A, keycode: 0x1f });
  expect(line.sent).toEqual([padKeyMessage(KEY_A), padKeyMessage(KEY_A_UP)]);
  runInAction(() => up.set(true));
  expect(broadcast.ready).toEqual(['v1']);
});
