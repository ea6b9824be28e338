// The part of the engine contract about VMs that start or run: what can be changed on them, and what they report.
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { until } from '../testing/until.ts';
import { type ContractBench, ramFileOf } from './contract-harness.ts';
import { EngineError } from './errors.ts';
import { GuestShell } from './guest-shell.ts';
import type { PortForward, ProcessIdentity, VmSpec } from './interface.ts';

/** To be called within a `describe`; the bench is set up before each test. */
export function describeLiveGuests(bench: ContractBench): void {
  const start = bench.start.bind(bench);

  it('shows the process before it is talked to, and undoes the start when its limits fail', async () => {
    const refusal = new Error('no such cgroup');
    let refused: ProcessIdentity | null = null;
    const failing = start('vm1', {
      onSpawned: async (process) => {
        refused = process;
        throw refusal;
      },
    });
    await expect(failing).rejects.toBe(refusal);
    const spec = await bench.harness.makeSpec('vm1');
    expect(refused).not.toBeNull();
    expect(await bench.engine.find(spec)).toBeNull();

    const shown = Promise.withResolvers<ProcessIdentity>();
    const written = Promise.withResolvers<void>();
    const starting = start('vm1', {
      onSpawned: (process) => {
        shown.resolve(process);
        return written.promise;
      },
    });
    const process = await shown.promise;
    // Several times what a start takes: nothing happens, which no condition can tell.
    const first = await Promise.race([starting.then(() => 'started'), delay(500).then(() => 'waiting')]);
    expect(first).toBe('waiting');
    written.resolve();
    expect((await starting).vm.process).toEqual(process);
  });

  it('opens and closes ports of a running guest, all or nothing', async () => {
    const [first, second, third] = await freePorts();
    const [one, two] = await Promise.all([
      start('vm1', {}, { nics: [userNic('01', [first])] }),
      start('vm2', {}, { nics: [userNic('02', [])] }),
    ]);
    const open = () => Promise.all([first, second, third].map((port) => bench.harness.isPortOpen(one.vm, 0, port)));
    expect(await open()).toEqual([true, false, false]);
    await one.vm.changeForwards(0, { add: [second], remove: [first] });
    expect(await open()).toEqual([false, true, false]);
    // Not there, and there with another guest port.
    await one.vm.changeForwards(0, { add: [{ ...second, guestPort: 80 }], remove: [first, second] });
    expect(await open()).toEqual([false, true, false]);

    await two.vm.changeForwards(0, { add: [third], remove: [] });
    const impossible = one.vm.changeForwards(0, { add: [first, third], remove: [second] });
    await expect(impossible).rejects.toMatchObject({ code: 'COMMAND_FAILED' });
    await expect(one.vm.changeForwards(1, { add: [first], remove: [] })).rejects.toMatchObject({
      code: 'COMMAND_FAILED',
    });
    await two.vm.changeForwards(0, { add: [], remove: [third] });
    expect(await open()).toEqual([false, true, false]);
  });

  it('grows the disk of a running guest, and starts it with the processors of its spec', async () => {
    const { spec, vm } = await start('vm1');
    const at = (tag: string) => ({ ramFile: ramFileOf(spec, tag) });
    const sectors = async (shell: GuestShell) => Number(await shell.run('cat /sys/block/vda/size'));
    let shell = await GuestShell.login(vm.sockets.serial);
    const before = await sectors(shell);
    const grownMiB = before / 2048 + 512;
    await shell.run('echo apple > /root/word; sync');
    await vm.saveState('small', at('small'));
    await vm.resizeDisk(grownMiB);
    await vm.resizeDisk(grownMiB);
    expect(await sectors(shell)).toBe(grownMiB * 2048);
    await shell.run('echo pear > /root/word; sync');
    await vm.saveState('large', at('large'));
    await expect(vm.resizeDisk(grownMiB - 1)).rejects.toMatchObject({ code: 'COMMAND_FAILED' });

    await vm.loadState('small', at('small'));
    expect([await sectors(shell), await shell.run('cat /root/word')]).toEqual([before, 'apple']);
    await vm.loadState('large', at('large'));
    expect([await sectors(shell), await shell.run('cat /root/word')]).toEqual([grownMiB * 2048, 'pear']);
    await bench.engine.stop(spec, vm.process);
    shell.close();

    const again = await start('vm1', {}, { cpuCount: 2, memoryMiB: spec.memoryMiB + 32 });
    shell = await GuestShell.login(again.vm.sockets.serial);
    expect(await shell.run('nproc; cat /root/word')).toBe('2\npear');
    expect(await sectors(shell)).toBe(grownMiB * 2048);
    shell.close();
  });

  it('refuses drives it has no place for, or has already, and changes nothing', async () => {
    const { spec, vm } = await start('vm1', {}, { cds: [{ name: 'cd0', path: null }] });
    const [boot] = spec.disks;
    if (!boot) throw new Error('the VM has no disk');
    const refused = { code: 'COMMAND_FAILED' };
    await expect(vm.attachDrive(boot)).rejects.toMatchObject(refused);
    const missing = { ...boot, name: 'disk1', path: `${boot.path}.none`, backing: null };
    await expect(vm.attachDrive(missing)).rejects.toMatchObject(refused);
    await expect(vm.setDriveLimits('disk1', null)).rejects.toMatchObject(refused);
    await expect(vm.resizeDisk(1, 'disk1')).rejects.toMatchObject(refused);
    await vm.setDriveLimits('disk0', { bytesPerSecond: 1024 * 1024, operationsPerSecond: 100 });
    await vm.setDriveLimits('disk0', null);
    await vm.detachDrive('disk1');
    await expect(vm.detachDrive('disk0')).rejects.toMatchObject(refused);
    await expect(vm.changeCd('cd1', null)).rejects.toMatchObject(refused);
    await expect(vm.changeCd('cd0', `${boot.path}.none`)).rejects.toMatchObject(refused);
    const medium = path.join(path.dirname(boot.path), 'medium.iso');
    await writeFile(medium, Buffer.alloc(4096), { mode: 0o644 });
    await vm.changeCd('cd0', medium);
    await vm.changeCd('cd0', null);
    expect(await vm.isPaused()).toBe(false);
    const everywhere = { ...boot, name: 'disk9' };
    await expect(vm.attachDrive(everywhere)).rejects.toBeInstanceOf(EngineError);
  });

  it('says whether the guest answers, also to many who ask at once', async () => {
    const { vm } = await start('vm1');
    await until('the guest agent is up', () => vm.guestAnswers(1_000), 60_000);
    expect(await Promise.all([vm.guestAnswers(5_000), vm.guestAnswers(5_000)])).toEqual([true, true]);
    const shell = { timeoutMs: 20_000, input: 'echo apple\nfalse\n' };
    expect(await vm.guestExec(['/bin/sh'], shell)).toEqual({ exitCode: 1, stdout: 'apple\n', stderr: '' });
    await expect(vm.guestExec(['/no/such/program'], shell)).rejects.toMatchObject({ code: 'COMMAND_FAILED' });
    expect(await vm.setGuestTime(() => new Date())).toBe(true);
    const key = [true, false].map((down) => ({ code: 'KeyA', down }));
    expect(await vm.typeKeys([key, key], 10_000)).toBe(2);
    await vm.pause();
    expect(await vm.typeKeys([key], 200)).toBe(0);
    expect(await vm.guestAnswers(200)).toBe(false);
    await expect(vm.guestExec(['/bin/true'], { timeoutMs: 200 })).rejects.toMatchObject({ code: 'GUEST_AGENT_SILENT' });
    await vm.resume();
    // The answer to the question before comes too now, and is not taken for one to this.
    expect(await vm.guestAnswers(10_000)).toBe(true);
    expect(await vm.typeKeys([key], 10_000)).toBe(1);
    expect(await vm.hasWritten()).toBe(true);
    await bench.harness.freeze(vm);
    expect(await vm.guestAnswers(500)).toBe(false);
    expect(await vm.isPaused()).toBe(false);
    await vm.reset();
    await until('the guest agent is up again', () => vm.guestAnswers(1_000), 60_000);
    await bench.harness.kill(vm);
    await vm.exited;
    await expect(vm.guestAnswers(500)).rejects.toMatchObject({ code: 'VM_GONE' });
  });

  it('says that the kernel of the guest has panicked, until it begins anew', async () => {
    const { spec, vm } = await start('vm1');
    await until('the guest agent is up', () => vm.guestAnswers(1_000), 60_000);
    await vm.saveState('well', { ramFile: ramFileOf(spec, 'well') });
    expect(await vm.hasPanicked()).toBe(false);
    const input = 'echo c > /proc/sysrq-trigger\n';
    // Linux gives no answer any more.
    const answer = vm.guestExec(['/bin/sh'], { timeoutMs: 2_000, input }).catch(() => null);
    await until('it has panicked', () => vm.hasPanicked(), 60_000);
    await answer;
    expect([await vm.isPaused(), await vm.guestAnswers(200)]).toEqual([false, false]);

    // The next agent sees it as well.
    vm.detach();
    await bench.reopen();
    const adopted = (await bench.engine.adopt(spec, vm.process)) ?? expect.unreachable('it runs');
    expect(await adopted.hasPanicked()).toBe(true);
    await adopted.loadState('well', { ramFile: ramFileOf(spec, 'well') });
    expect(await adopted.hasPanicked()).toBe(false);
    await until('the guest goes on', () => adopted.guestAnswers(1_000), 60_000);
    await adopted.reset();
    await until('the guest agent is up again', () => adopted.guestAnswers(1_000), 60_000);
    expect(await adopted.hasPanicked()).toBe(false);
  });

  it('reports that the guest is paused because the disk of the host is full', async ({ skip }) => {
    if (!bench.harness.fullDisk) return skip('needs root, to mount a small disk');
    await bench.harness.fullDisk.prepare();
    const { spec, vm } = await start('vm1');
    const told: string[] = [];
    vm.onTrouble((why) => told.push(why.code));
    vm.onTrouble(() => told.push('to nobody'))();
    (await GuestShell.login(vm.sockets.serial)).close();
    expect([told, vm.isInTrouble]).toEqual([[], false]);
    await bench.harness.fullDisk.fill(vm);
    await until('the trouble is told', () => told.length > 0, 30_000);
    expect(told).toEqual(['pausedDiskFull']);
    expect([await vm.isPaused(), vm.isInTrouble]).toEqual([true, true]);

    // The next agent hears of it as well.
    vm.detach();
    await bench.reopen();
    const adopted = await bench.engine.adopt(spec, vm.process);
    const toldAgain: string[] = [];
    adopted?.onTrouble((why) => toldAgain.push(why.code));
    await until('the trouble is told again', () => toldAgain.length > 0);
    expect(toldAgain).toEqual([expect.stringMatching(/^pausedDiskFull/)]);

    await bench.harness.fullDisk.empty();
    await adopted?.resume();
    expect([await adopted?.isPaused(), adopted?.isInTrouble]).toEqual([false, false]);
    expect(toldAgain).toHaveLength(1);
  });
}

function userNic(lastByte: string, forwards: readonly PortForward[]): VmSpec['nics'][number] {
  return { kind: 'user', mac: `52:54:00:12:34:${lastByte}`, forwards, denyOutgoing: true };
}

/** Three unused ports of loopback, forwarded to the guest's SSH. */
async function freePorts(): Promise<[PortForward, PortForward, PortForward]> {
  const servers = await Promise.all(
    [1, 2, 3].map(async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    }),
  );
  const [first = 0, second = 0, third = 0] = servers.map((server) => {
    const address = server.address();
    server.close();
    return typeof address === 'object' && address ? address.port : 0;
  });
  const forward = (hostPort: number) =>
    ({ protocol: 'tcp', hostAddress: '127.0.0.1', hostPort, guestPort: 22 }) as const;
  return [forward(first), forward(second), forward(third)];
}
