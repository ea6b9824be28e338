// The part of the engine contract about guests whose memory is saved later (`LiveSave.hold`), in a file of its own as its guests start five
// times: `fake-engine.test.ts` and `qemu/held-guest.test.ts` run it with their own harness.
import { stat } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isRunning } from '../host/process-identity.ts';
import { ContractBench, type EngineHarness, ramFileOf } from './contract-harness.ts';
import { GuestShell } from './guest-shell.ts';
import type { RunningVm } from './interface.ts';

export function describeHeldGuests(name: string, makeHarness: () => Promise<EngineHarness>): void {
  describe(`contract of held guests: ${name}`, () => {
    const bench = new ContractBench(makeHarness);
    beforeEach(() => bench.setUp());
    afterEach(() => bench.tearDown());
    const start = bench.start.bind(bench);

    it('saves all but the memory of a paused guest, which its process keeps while another one has its place', async () => {
      const { spec, vm } = await start('vm1');
      const at = (tag: string) => ({ ramFile: ramFileOf(spec, tag, 'flat') });
      let shell = await GuestShell.login(vm.sockets.serial);
      const write = (word: string) => shell.run(`echo ${word} > /dev/shm/word; echo ${word} > /root/word; sync`);
      const read = () => shell.run('cat /dev/shm/word /root/word');
      const hold = async (of: RunningVm, tag: string) => {
        await of.pause();
        const save = await of.beginSave(tag, { ...at(tag), isPaused: true });
        const held = await save.hold();
        if (!held) throw new Error('it can’t be held');
        return { save, held };
      };
      await write('apple');
      // One that is not wanted after all goes on with its disk.
      const { save } = await hold(vm, 'dropped');
      await save.cancel();
      expect(await vm.isPaused()).toBe(true);
      await vm.resume();
      await expect(stat(at('dropped').ramFile)).rejects.toMatchObject({ code: 'ENOENT' });
      await write('pear');
      // One that nothing takes the place of goes on when its memory is saved.
      const { held: pears } = await hold(vm, 'pears');
      await pears.finish();
      await pears.close();
      await vm.resume();
      await write('plum');
      shell.close();

      const { held: plums } = await hold(vm, 'plums');
      expect(await vm.letGo()).toBe('aside');
      const startIn = async (tag: string) => {
        await bench.harness.revertDisks('vm1', tag);
        const { vm: next } = await start('vm1', { load: { tag, format: 'flat', ...at(tag) } });
        shell = await GuestShell.login(next.sockets.serial);
        return next;
      };
      let next = await startIn('pears');
      await plums.finish();
      await plums.close();
      expect([await read(), await isRunning(vm.process)]).toEqual(['pear\npear', false]);
      await write('cherry');
      shell.close();
      // And the agent is killed in the middle of that.
      const { held: cherries } = await hold(next, 'cherries');
      expect(await next.letGo()).toBe('aside');
      await expect(cherries.finish({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'CANCELLED' });
      next.detach();
      await bench.reopen();
      const left = await bench.engine.adoptHeld(spec, next.process, { tag: 'cherries', ...at('cherries') });
      await left?.finish();
      await left?.close();
      expect(await bench.engine.adoptHeld(spec, next.process, { tag: 'cherries', ...at('cherries') })).toBeNull();
      for (const [tag, word] of [
        ['cherries', 'cherry'],
        ['plums', 'plum'],
      ] as const) {
        next = await startIn(tag);
        expect(await read()).toBe(`${word}\n${word}`);
        shell.close();
        await bench.engine.stop(spec, next.process);
      }
    }, 120_000);
  });
}
