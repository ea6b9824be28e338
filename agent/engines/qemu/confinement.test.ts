// What a guest's process can access of another guest and of the agent when each has its own user: nothing. Checked in the
// process itself, by QMP, and with programs that run as its user, beside controls which prove that the check works.
// @module-tag real
import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunError, runCommand } from '../../host/run-command.ts';
import type { RunningVm, VmSpec } from '../interface.ts';
import { QemuEngine } from './qemu-engine.ts';
import { QmpClient } from './qmp-client.ts';
import { makeRealGuests, type RealGuests } from './test-real-guest.ts';
import { runFiles } from './run-files.ts';

const isRoot = process.geteuid?.() === 0;

describe.skipIf(!isRoot)(`a confined guest${isRoot ? '' : ' (skipped: needs root)'}`, () => {
  let guests: RealGuests;
  let engine: QemuEngine;
  const specs: VmSpec[] = [];
  const vms: RunningVm[] = [];
  const mine = () => ({ spec: specs[0] ?? expect.unreachable(), vm: vms[0] ?? expect.unreachable() });
  const other = () => ({ spec: specs[1] ?? expect.unreachable(), vm: vms[1] ?? expect.unreachable() });

  beforeAll(async () => {
    process.env['TT_TEST_SECRET'] = 'told to the agent only';
    guests = await makeRealGuests({ confined: true });
    engine = new QemuEngine({ stateDirectory: guests.root, acceleration: 'tcg', confined: true });
    await engine.init();
    for (const id of ['vm1', 'vm2']) specs.push(await guests.makeSpec(id));
    for (const spec of specs) vms.push(await engine.start(spec));
    // As the agent keeps them in its home.
    for (const name of ['token', 'state.db']) {
      await writeFile(path.join(guests.root, name), 'secret', { mode: 0o600 });
    }
  });
  afterAll(async () => {
    delete process.env['TT_TEST_SECRET'];
    for (const [index, vm] of vms.entries()) await engine.stop(specs[index] ?? expect.unreachable(), vm.process);
    await guests.remove();
  });

  const diskOf = (spec: VmSpec) => spec.disks[0] ?? expect.unreachable();
  /** Runs a program as the first guest's user, where its process runs. */
  const asMine = (command: string, ...args: string[]) => {
    const { spec } = mine();
    if (!spec.confinement) throw new Error('the guest has no user');
    return runCommand(command, args, { timeoutMs: 10_000, cwd: spec.runDirectory, user: spec.confinement });
  };
  const connectAsMine = (socket: string) =>
    asMine(
      process.execPath,
      '-e',
      `require('node:net').connect(${JSON.stringify(socket)})
        .on('connect', () => process.exit(0)).on('error', (error) => { console.error(error.code); process.exit(1); })`,
    );
  const refusalOf = (running: Promise<unknown>) =>
    running.then(
      () => 'it worked',
      (error) => (error instanceof RunError ? error.stderr.trim() : String(error)),
    );

  it('runs as its own user, with no other groups, no rights, no way to more, and no word of the environment', async () => {
    for (const { spec, vm } of [mine(), other()]) {
      const text = await readFile(`/proc/${vm.process.pid}/status`, 'utf8');
      const field = (name: string) => new RegExp(`^${name}:[ \t]*(.*)$`, 'm').exec(text)?.[1]?.trim();
      const { uid, gid } = spec.confinement ?? expect.unreachable();
      expect(uid).toBeGreaterThan(1_000_000_000);
      expect(field('Uid')?.split(/\s+/)).toEqual(Array(4).fill(String(uid)));
      expect(field('Gid')?.split(/\s+/)).toEqual(Array(4).fill(String(gid)));
      expect([field('Groups'), field('NoNewPrivs'), field('Seccomp')]).toEqual(['', '1', '2']);
      expect([field('CapPrm'), field('CapEff')]).toEqual(['0000000000000000', '0000000000000000']);
      expect(await readFile(`/proc/${vm.process.pid}/environ`, 'utf8')).not.toContain('TT_TEST_SECRET');
    }
    expect(mine().spec.confinement?.uid).not.toBe(other().spec.confinement?.uid);
  });

  it("has files that are its user's alone", async () => {
    const { spec } = mine();
    const files = runFiles(spec);
    const folders = [spec.runDirectory, path.dirname(diskOf(spec).path)];
    for (const file of [...folders, ...Object.values(files), diskOf(spec).path]) {
      const { uid, mode } = await stat(file);
      expect([file, uid, mode & 0o777]).toEqual([file, spec.confinement?.uid, folders.includes(file) ? 0o700 : 0o600]);
    }
  });

  it("can't open another's disk, logs or sockets, nor what is the agent's, by its own control channel", async () => {
    const { spec, vm } = mine();
    vm.detach();
    const qmp = await QmpClient.connect(runFiles(spec).qmp);
    let nodes = 0;
    // Not among the commands TT uses; the reply is empty.
    const open = (filename: string) =>
      qmp
        .execute(
          'blockdev-add' as never,
          {
            driver: 'file',
            'node-name': `tried${++nodes}`,
            filename,
            'read-only': true,
            locking: 'off',
          } as never,
        )
        .then(
          () => 'it worked',
          (error: Error) => error.message,
        );
    const shared = (absolute: string) => path.relative(spec.runDirectory, absolute);
    // The way is open: the image, by the same relative way.
    expect(await open(shared(diskOf(spec).backing?.path ?? ''))).toBe('it worked');
    expect(await open(shared(diskOf(spec).path))).toBe('it worked');
    const closed = [
      diskOf(other().spec).path,
      ...Object.values(runFiles(other().spec)).filter((file) => file.endsWith('.log')),
      path.join(guests.root, 'token'),
      path.join(guests.root, 'state.db'),
    ];
    for (const file of closed) {
      expect(await open(shared(file)), file).toMatch(/Could not open '.*': Permission denied/);
      expect(await open(file), file).toMatch(/Could not open '.*': Permission denied/);
    }
    qmp.close();
    vms[0] = (await engine.adopt(spec, vm.process)) ?? expect.unreachable();
  });

  it("has a user who can't read, connect to, list or signal anything but his own", async () => {
    expect((await asMine('cat', 'qemu.log')).stdout).toContain('env/vm1');
    await connectAsMine('vnc.sock');
    const disk = '../../disks/vm2/disk.qcow2';
    for (const file of ['../vm2/qemu.log', '../vm2/serial.log', disk, '../../token', '../../state.db']) {
      expect(await refusalOf(asMine('cat', file))).toContain('Permission denied');
    }
    for (const socket of Object.values(other().vm.sockets)) {
      expect(await refusalOf(connectAsMine(path.join('../vm2', path.basename(socket))))).toBe('EACCES');
    }
    for (const folder of ['..', '../..', '../../disks', '../vm2']) {
      expect(await refusalOf(asMine('ls', folder))).toContain('Permission denied');
    }
    expect(await refusalOf(asMine('sh', '-c', `kill -0 ${mine().vm.process.pid}`))).toBe('it worked');
    expect(await refusalOf(asMine('sh', '-c', `kill -0 ${other().vm.process.pid}`))).toMatch(/not permitted/i);
  });

  it("can't make the agent read, empty or open another file in place of its own", async () => {
    const { spec, vm } = mine();
    const token = path.join(guests.root, 'token');
    await asMine('mv', 'serial.log', 'serial.aside');
    await asMine('ln', '-s', '../../token', 'serial.log');
    await expect(engine.readLogTail(spec)).rejects.toMatchObject({ code: 'ELOOP' });
    await asMine('rm', 'serial.log');
    await asMine('mkfifo', 'serial.log');
    await expect(engine.readLogTail(spec)).rejects.toMatchObject({ code: 'COMMAND_FAILED' });
    await asMine('rm', 'serial.log');
    await asMine('mv', 'serial.aside', 'serial.log');
    expect((await engine.readLogTail(spec)).length).toBeGreaterThan(0);
    // The next start writes its logs into files of its own.
    await engine.stop(spec, vm.process);
    await asMine('ln', '-sf', '../../token', 'qemu.log');
    vms[0] = await engine.start(spec);
    expect(await readFile(token, 'utf8')).toBe('secret');
    expect((await vms[0].screenshot()).png.length).toBeGreaterThan(100);
  });

  it('is found by its folder too, so that the VM of a copied agent is not taken for it', async () => {
    const { spec, vm } = mine();
    expect(await engine.find(spec)).toEqual(vm.process);
    const copied = { ...spec, runDirectory: path.join(guests.root, 'run', 'copy') };
    expect(await engine.find(copied)).toBeNull();
  });
});
