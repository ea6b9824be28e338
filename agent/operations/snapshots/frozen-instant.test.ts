// Guests paused together: all are paused before the work begins, all are resumed after it, whatever fails meanwhile.
import { describe, expect, it } from 'vitest';
import { EngineError } from '../../engines/errors.ts';
import type { RunningVm } from '../../engines/interface.ts';
import { atOneInstant } from './frozen-instant.ts';

function makeGuests(...names: string[]) {
  const said: string[] = [];
  const gates = new Map<string, PromiseWithResolvers<void>>();
  const guests = names.map((id) => {
    const gate = Promise.withResolvers<void>();
    gates.set(id, gate);
    const guest = {
      id,
      isInTrouble: false,
      isPaused: () => Promise.resolve(false),
      async pause() {
        await gate.promise;
        said.push(`pause ${id}`);
      },
      async resume() {
        said.push(`resume ${id}`);
      },
    };
    return guest as unknown as RunningVm;
  });
  const open = (id: string) => gates.get(id)?.resolve();
  const fail = (id: string) => gates.get(id)?.reject(new Error(`${id} is gone`));
  return { guests, said, open, fail };
}

describe('one instant', () => {
  it('begins when the last guest is paused and ends when all are resumed', async () => {
    const { guests, said, open } = makeGuests('a', 'b');
    const whole = atOneInstant(guests, async () => {
      said.push('work');
      return 'kept';
    });
    open('b');
    await new Promise(setImmediate);
    open('a');
    const { result, instant } = await whole;
    expect([result, said]).toEqual(['kept', ['pause b', 'pause a', 'work', 'resume a', 'resume b']]);
    expect(instant.skewMs).toBeGreaterThanOrEqual(0);
    expect(instant.pausedMs).toBeGreaterThanOrEqual(instant.skewMs);
  });

  it('lets all go on when the work fails', async () => {
    const { guests, said, open } = makeGuests('a', 'b');
    open('a');
    open('b');
    const whole = atOneInstant(guests, () => Promise.reject(new Error('disk full')));
    await expect(whole).rejects.toThrow('disk full');
    expect(said.slice(-2)).toEqual(['resume a', 'resume b']);
  });

  it('lets no guest stand still that was paused after another could not be', async () => {
    const { guests, said, open, fail } = makeGuests('slow', 'dead');
    const whole = atOneInstant(guests, async () => said.push('work')).catch((error: Error) => error.message);
    fail('dead');
    await new Promise((resolve) => setImmediate(resolve));
    open('slow');
    expect(await whole).toBe('dead is gone');
    expect(said).toEqual(['pause slow', 'resume slow', 'resume dead']);
  });

  it('does not mind a guest that died meanwhile, nor that there is none', async () => {
    const { guests, open } = makeGuests('a');
    const [guest] = guests;
    open('a');
    if (guest) guest.resume = () => Promise.reject(new EngineError('VM_GONE', 'gone'));
    expect((await atOneInstant(guests, async () => 1)).result).toBe(1);
    expect(await atOneInstant([], async () => 2)).toMatchObject({ result: 2, instant: { skewMs: 0 } });
  });

  it('leaves paused who was so before, and who got into trouble meanwhile', async () => {
    const { guests, said, open } = makeGuests('before', 'full', 'b');
    const [before, full] = guests;
    for (const id of ['before', 'full', 'b']) open(id);
    if (before) before.isPaused = () => Promise.resolve(true);
    const fillDisk = () => Object.assign(full ?? {}, { isInTrouble: true });
    await atOneInstant(guests, async () => fillDisk());
    expect(said.slice(3)).toEqual(['resume b']);
    await atOneInstant(guests, () => Promise.reject(new Error('no'))).catch(() => {});
    expect(said.slice(7)).toEqual(['resume b']);
  });

  it('undoes what was begun before the guests go on after a failure', async () => {
    const { guests, said, open } = makeGuests('a', 'b');
    for (const id of ['a', 'b']) open(id);
    const whole = atOneInstant(guests, () => Promise.reject(new Error('no')), {
      beforeResume: async () => void said.push('cancelled'),
    });
    await expect(whole).rejects.toThrow('no');
    expect(said.slice(2)).toEqual(['cancelled', 'resume a', 'resume b']);
  });

  it('tells of a guest that lives but does not go on, after letting the others go', async () => {
    const { guests, said, open } = makeGuests('stuck', 'b');
    const [stuck] = guests;
    open('stuck');
    open('b');
    if (stuck) stuck.resume = () => Promise.reject(new EngineError('COMMAND_FAILED', 'no'));
    const whole = atOneInstant(guests, async () => 1, {
      guestFailure: (vm, error) => new Error(`${vm.id}: ${String(error)}`),
    });
    await expect(whole).rejects.toThrow('stuck: EngineError: no');
    expect(said.at(-1)).toBe('resume b');
  });
});
