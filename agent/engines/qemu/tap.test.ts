// A guest on a tap device of the host, opened by its own unprivileged user: frames flow, and other users cannot open it. The tap
// has no address and belongs to no bridge, so no packet of the guest goes anywhere.
// @module-tag deep
import { chmod, readFile, stat } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommand } from '../../host/run-command.ts';
import { until } from '../../testing/until.ts';
import type { RunningVm, VmSpec } from '../interface.ts';
import { QemuEngine } from './qemu-engine.ts';
import { makeRealGuests, type RealGuests } from './test-real-guest.ts';

const isRoot = process.geteuid?.() === 0;
const TAP = `tt7e57t${process.pid % 100_000}`;
const TUN_DEVICE = '/dev/net/tun';
const ip = (...args: string[]) => runCommand('ip', args, { timeoutMs: 10_000 });

describe.skipIf(!isRoot)(`a tap${isRoot ? '' : ' (skipped: needs root)'}`, () => {
  let guests: RealGuests;
  let engine: QemuEngine;
  let spec: VmSpec;
  let vm: RunningVm | null = null;
  let modeBefore: number;

  beforeEach(async () => {
    guests = await makeRealGuests({ confined: true });
    engine = new QemuEngine({ stateDirectory: guests.root, acceleration: 'tcg', confined: true });
    await engine.init();
    const nic = { kind: 'tap', mac: '52:54:00:12:34:01', tap: TAP } as const;
    spec = { ...(await guests.makeSpec('vm1')), nics: [nic] };
    modeBefore = (await stat(TUN_DEVICE)).mode & 0o777;
    // As it is on most hosts: the kernel checks who may have which device (its networking/tuntap.rst).
    await chmod(TUN_DEVICE, 0o666);
    await ip('tuntap', 'add', 'dev', TAP, 'mode', 'tap', 'user', String(spec.confinement?.uid));
  });
  afterEach(async () => {
    if (vm) await engine.stop(spec, vm.process);
    vm = null;
    await ip('link', 'delete', TAP);
    await chmod(TUN_DEVICE, modeBefore);
    await guests.remove();
  });

  it("is the guest's NIC, and stays when the guest ends", async () => {
    await ip('link', 'set', TAP, 'up');
    vm = await engine.start(spec);
    // The guest asks for an address by itself.
    const received = async () => Number(await readFile(`/sys/class/net/${TAP}/statistics/rx_packets`, 'utf8'));
    await until('the guest sends something', async () => (await received()) > 0, 60_000);
    const { stdout } = await ip('-d', 'link', 'show', TAP);
    expect(stdout).toContain('LOWER_UP');
    // Headers for large packets: the guest's checksums and segments are left to the host.
    expect(stdout).toContain('vnet_hdr on');
    await engine.stop(spec, vm.process);
    vm = await engine.start(spec);
    await until('it is plugged in again', async () => (await ip('link', 'show', TAP)).stdout.includes('LOWER_UP'));
  });

  it("is closed to another guest's user", async () => {
    const stranger = { ...(await guests.makeSpec('vm2')), nics: spec.nics };
    await expect(engine.start(stranger)).rejects.toMatchObject({
      code: 'START_FAILED',
      message: expect.stringContaining('Operation not permitted'),
    });
  });
});
