// Saving RAM and disk when the file system is too small: on a tmpfs of this test, which needs root to mount.
// @module-tag deep
import { mkdtemp, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../host/run-command.ts';
import { ramFileOf } from '../contract-harness.ts';
import { GuestShell } from '../guest-shell.ts';
import type { RunningVm, VmSpec } from '../interface.ts';
import { QemuEngine } from './qemu-engine.ts';
import { QmpClient } from './qmp-client.ts';
import { makeRealGuests, type RealGuests } from './test-real-guest.ts';
import { runFiles } from './run-files.ts';
import { saveState } from './saved-states.ts';

const run = (command: string, ...args: string[]) => runCommand(command, args, { timeoutMs: 20_000 });
const isRoot = process.getuid?.() === 0;

describe.skipIf(!isRoot)(`saving on a small disk${isRoot ? '' : ' (skipped: mounting a tmpfs needs root)'}`, () => {
  let mountPoint: string;
  let guests: RealGuests;
  let engine: QemuEngine;
  let spec: VmSpec;
  let vm: RunningVm;

  beforeAll(async () => {
    mountPoint = await mkdtemp(path.join(tmpdir(), 'tt-small-'));
    await run('mount', '-t', 'tmpfs', '-o', 'size=300m', 'tt-test', mountPoint);
    guests = await makeRealGuests({ diskDirectory: path.join(mountPoint, 'disks') });
    engine = new QemuEngine({ stateDirectory: guests.root, acceleration: 'tcg' });
    await engine.init();
    spec = await guests.makeSpec('vm1');
    vm = await engine.start(spec);
  });
  afterAll(async () => {
    await engine.stop(spec, vm.process);
    // Lazily: a failed test may have left something open there.
    await run('umount', '-l', mountPoint);
    await rm(mountPoint, { recursive: true });
    await guests.remove();
  });

  const at = (tag: string) => ({ ramFile: ramFileOf(spec, tag) });
  const freeBytes = async () => {
    const found = await statfs(mountPoint);
    return found.bavail * found.bsize;
  };
  const fill = async (leaveBytes: number) =>
    writeFile(path.join(mountPoint, 'filler'), Buffer.alloc((await freeBytes()) - leaveBytes));
  const unfill = () => rm(path.join(mountPoint, 'filler'));

  it('does not begin a save that may not fit, so that other guests keep their disk', async () => {
    const shell = await GuestShell.login(vm.sockets.serial);
    await shell.run('echo apple > /root/word; sync');
    await fill(20 * 1024 * 1024);
    await expect(vm.saveState('large', at('large'))).rejects.toMatchObject({
      code: 'DISK_FULL',
      message: expect.stringMatching(/may need \d+ MiB, but only 20 MiB are free/),
    });
    expect(await guests.storage.listSnapshots('vm1')).toEqual([]);
    expect(await shell.run('cat /root/word')).toBe('apple');
    await unfill();
    shell.close();
  });

  it.each(['running', 'paused'])('gives everything back when the disk becomes full meanwhile (%s)', async (state) => {
    await vm.saveState(`before-${state}`, at(`before-${state}`));
    const snapshots = await guests.storage.listSnapshots('vm1');
    await fill(8 * 1024 * 1024);
    const freeBefore = await freeBytes();

    // Past the check that would refuse it: as if another guest had taken the space after it.
    vm.detach();
    const qmp = await QmpClient.connect(runFiles(spec).qmp);
    if (state === 'paused') await qmp.execute('stop', {});
    const context = { qmp, spec, pid: vm.process.pid, estimateBytes: async () => 0 };
    await expect(saveState(context, 'large', at('large'))).rejects.toMatchObject({ code: 'DISK_FULL' });

    expect((await qmp.execute('query-status', {})).running).toBe(state === 'running');
    await qmp.execute('cont', {});
    qmp.close();
    expect(await guests.storage.listSnapshots('vm1')).toEqual(snapshots);
    // The disk may hold a few clusters more that the guest itself wrote.
    expect(await freeBytes()).toBeGreaterThan(freeBefore - 1024 * 1024);

    const adopted = await engine.adopt(spec, vm.process);
    if (!adopted) throw new Error('the guest did not survive');
    vm = adopted;
    const shell = await GuestShell.login(vm.sockets.serial);
    // Its disk has the size it had, can be written, and the earlier state is whole.
    expect(await shell.run('cat /sys/block/vda/size; echo pear > /root/word; sync; cat /root/word')).toBe(
      '2097152\npear',
    );
    await vm.loadState(`before-${state}`, at(`before-${state}`));
    expect(await shell.run('cat /root/word')).toBe('apple');
    shell.close();
    await expect(stat(at('large').ramFile)).rejects.toMatchObject({ code: 'ENOENT' });
    await unfill();
    await vm.deleteState(`before-${state}`);
    await rm(at(`before-${state}`).ramFile);
    const check = await run('qemu-img', 'check', '-U', '-f', 'qcow2', spec.disks[0]?.path ?? '');
    expect(check.stdout).toContain('No errors were found');
  });
});
