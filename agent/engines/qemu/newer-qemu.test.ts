// QEMU of Debian 13 passes the engine contract as that of Debian 12 does, live saves included, and guests that this machine's QEMU has
// saved, in both formats, go on in it: an upgrade of the host costs no snapshot.
// @module-tag long
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type NewerQemu, newerQemu, newerQemuProblem } from '../../testing/newer-qemu.ts';
import { ramFileOf } from '../contract-harness.ts';
import { describeEngineContract } from '../engine.contract.ts';
import { GuestShell } from '../guest-shell.ts';
import { describeHeldGuests } from '../held.contract.ts';
import type { RunningVm, VmSpec } from '../interface.ts';
import { QemuEngine } from './qemu-engine.ts';
import { isRoot, makeQemuHarness } from './test-qemu-harness.ts';
import { makeRealGuests, type RealGuests } from './test-real-guest.ts';

const NEWER = /^1\d\./;

describe.skipIf(newerQemuProblem !== null)(`QEMU of Debian 13 (${newerQemuProblem ?? 'unpacked'})`, () => {
  const makeHarness = async () => {
    const { binary } = await newerQemu();
    const harness = await makeQemuHarness(isRoot, { binary });
    await harness.engine.init();
    expect(harness.engine.version).toMatch(NEWER);
    return harness;
  };
  describeEngineContract('QEMU of Debian 13', makeHarness);
  describeHeldGuests('QEMU of Debian 13', makeHarness);

  describe('after an upgrade', () => {
    let qemu: NewerQemu;
    let guests: RealGuests;
    let spec: VmSpec;
    let running: { engine: QemuEngine; vm: RunningVm } | null = null;
    beforeEach(async () => {
      qemu = await newerQemu();
      guests = await makeRealGuests({ confined: isRoot });
      spec = await guests.makeSpec('vm1');
    });
    afterEach(async () => {
      if (running) await running.engine.stop(spec, running.vm.process);
      running = null;
      await guests.remove();
    });

    async function engineOf(binary?: string): Promise<QemuEngine> {
      const options = { stateDirectory: guests.root, acceleration: 'tcg', confined: isRoot } as const;
      const engine = new QemuEngine({ ...options, ...(binary !== undefined && { binary }) });
      await engine.init();
      return engine;
    }

    it.each(['flat', 'qcow2'] as const)(
      'a guest saved as %s by the older QEMU goes on in the newer',
      async (format) => {
        const older = await engineOf();
        const newer = await engineOf(qemu.binary);
        expect([older.version?.match(NEWER), newer.version?.match(NEWER)?.length]).toEqual([null, 1]);
        const ramFile = ramFileOf(spec, 'before', format);
        let vm = await older.start(spec);
        running = { engine: older, vm };
        let shell = await GuestShell.login(vm.sockets.serial);
        await shell.run('echo apple > /dev/shm/word; echo apple > /root/word; sync');
        if (format === 'flat') {
          const save = await vm.beginSave('before', { ramFile });
          await vm.pause();
          await save.finish();
        } else {
          await vm.saveState('before', { ramFile });
        }
        await vm.resume();
        await shell.run('echo pear > /dev/shm/word; echo pear > /root/word; sync');
        shell.close();
        await older.stop(spec, vm.process);
        running = null;
        // The engine itself reverts the disks of the other format.
        if (format === 'flat') await guests.storage.revertSnapshot('vm1', 'before');
        vm = await newer.start(spec, { load: { tag: 'before', format, ramFile } });
        running = { engine: newer, vm };
        shell = await GuestShell.login(vm.sockets.serial);
        expect(await shell.run('cat /dev/shm/word /root/word')).toBe('apple\napple');
        shell.close();
      },
    );
  });
});
