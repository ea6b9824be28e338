// Clocks after a revert: tried until the guest agent answers; named when it never does; given up when the guest is another one.
import pino from 'pino';
import { describe, expect, it } from 'vitest';
import type { RunningVm } from '../../engines/interface.ts';
import type { ClockServices } from './guest-clocks.ts';
import { setClocks } from './set-clocks.ts';

const steps: unknown[] = [];
const context = () => ({ signal: new AbortController().signal, step: (...step: unknown[]) => void steps.push(step) });
const RETRY_MS = [1, 1, 1];

/** Guests by id: how many tries each leaves unanswered, and whether its image declares an agent. */
function servicesWith(guests: Record<string, { silent: number; hasAgent: boolean }>) {
  const tries: string[] = [];
  const handles = new Map<string, RunningVm>();
  for (const [id, guest] of Object.entries(guests)) {
    const setGuestTime = async () => {
      tries.push(id);
      return guest.silent-- <= 0;
    };
    handles.set(id, { id, setGuestTime } as unknown as RunningVm);
  }
  const services = {
    logger: pino({ level: 'silent' }),
    now: () => new Date(),
    running: { get: (id: string) => handles.get(id) ?? null },
    inventory: {
      hasVm: (id: string) => id in guests,
      findVm: (id: string) => (id in guests ? { name: `demo/${id}`, status: { state: 'running' } } : null),
      vm: (id: string) => ({ name: `demo/${id}`, placement: { features: guests[id]?.hasAgent ? ['guestAgent'] : [] } }),
    },
  } as unknown as ClockServices;
  return { services, tries, handles };
}

const set = (services: ClockServices, vmIds: string[]) =>
  setClocks(services, { name: 'ripe', vmIds }, context(), RETRY_MS);

describe('the clocks of reverted guests', () => {
  it('are tried again until a guest answers; one without an agent gets one try', async () => {
    const { services, tries } = servicesWith({
      slow: { silent: 2, hasAgent: true },
      bare: { silent: 9, hasAgent: false },
    });
    await set(services, ['slow', 'bare']);
    expect(tries.sort()).toEqual(['bare', 'slow', 'slow', 'slow']);
  });

  it('that stay wrong are named', async () => {
    const { services, tries } = servicesWith({
      deaf: { silent: 99, hasAgent: true },
      ok: { silent: 0, hasAgent: true },
    });
    await expect(set(services, ['deaf', 'ok'])).rejects.toMatchObject({
      code: 'GUEST_CLOCK_NOT_SET',
      data: { snapshotName: 'ripe', vmNames: ['demo/deaf'] },
    });
    expect(tries.filter((id) => id === 'deaf')).toHaveLength(1 + RETRY_MS.length);
  });

  it('are left alone when the guest was stopped or reverted again meanwhile', async () => {
    const { services, handles } = servicesWith({ gone: { silent: 99, hasAgent: true } });
    const setting = set(services, ['gone']);
    handles.delete('gone');
    await setting;
  });

  it('are left alone when the operation is cancelled', async () => {
    const { services, tries } = servicesWith({ deaf: { silent: 99, hasAgent: true } });
    const abort = new AbortController();
    const setting = setClocks(
      services,
      { name: 'ripe', vmIds: ['deaf'] },
      { ...context(), signal: abort.signal },
      [60_000],
    );
    abort.abort();
    await expect(setting).rejects.toThrow();
    expect(tries).toHaveLength(0);
  });
});
