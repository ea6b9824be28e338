// When a guest is given up because nothing moves, and when it is not to blame.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { GuestChannel } from '../../guest-channel/guest-channel.ts';
import type { VmRecord } from '../../state/vm-record.ts';
import { type Connected, inGuest } from './in-guest.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const vm = { id: 'a', name: 'demo/a', spec: {} } as VmRecord;
const channel = { via: 'helper', answers: async () => true, close: () => {} } as unknown as GuestChannel;
const services = { guestChannels: { open: async () => channel, hasAgent: () => false }, running: { need: () => ({}) } };

function working<Result>(work: (connected: Connected) => Promise<Result>) {
  const signal = new AbortController().signal;
  const result = inGuest(services as unknown as Parameters<typeof inGuest>[0], vm, { timeoutS: 1, signal }, work);
  result.catch(() => {});
  return result;
}

const aborted = (signal: AbortSignal) =>
  new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));

it('is not given up while the agent does something itself, such as hashing a large file', async () => {
  const hash = Promise.withResolvers<string>();
  const result = working(async ({ meanwhile, signal }) => {
    const sha256 = await meanwhile(hash.promise);
    signal.throwIfAborted();
    return sha256;
  });
  await vi.advanceTimersByTimeAsync(5_000);
  hash.resolve('done');
  expect(await result).toBe('done');
  expect(vi.getTimerCount()).toBe(0);
});

it('is given up when nothing moves, also after that', async () => {
  const result = working(async ({ meanwhile, signal }) => {
    await meanwhile(Promise.resolve());
    return aborted(signal);
  });
  await vi.advanceTimersByTimeAsync(1_000);
  await expect(result).rejects.toMatchObject({ code: 'GUEST_HELPER_SILENT' });
  expect(vi.getTimerCount()).toBe(0);
});
