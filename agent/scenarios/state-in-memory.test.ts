// Real guests whose state folder takes memory of the host (tmpfs, and an overlay on it, as in many containers), in their cgroups: the
// snapshots they write do not kill them, and one that goes past its limit says what killed it. Needs root, for the mounts.
// @module-tag long
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Vm } from '@tt/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommand } from '../host/run-command.ts';
import { canMount, whyNoMount } from '../testing/small-disk.ts';
import { type RealAgent, startRealAgent } from '../testing/real-agent.ts';
import { until } from '../testing/until.ts';

const MIB = 1024 * 1024;
const MEMORY_MIB = 384;
/** Of the guest's memory, so that each snapshot takes as much. */
const USED_MIB = 150;
/** Written to its disk before each snapshot, which keeps it: with all of them more than the limit of a state on a disk. */
const WRITTEN_MIB = 150;
const PATIENCE_MS = 240_000;

const run = (command: string, ...args: string[]) => runCommand(command, args, { timeoutMs: 20_000 });

describe.skipIf(!canMount).each(['tmpfs', 'overlay'])(`a state folder on %s${whyNoMount}`, (kind) => {
  let root: string;
  let agent: RealAgent;
  let vm: Vm;
  beforeEach(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'tt-memory-'));
    await run('mount', '-t', 'tmpfs', '-o', 'size=2g,mode=0711', 'tt-test', root);
    const folder = path.join(root, 'state');
    await mkdir(folder, { mode: 0o711 });
    if (kind === 'overlay') await mountOverlay(folder);
    agent = await startRealAgent({ parent: folder, flags: ['--storage', 'qcow2'] });
    const groups = [{ osPrefix: 'tiny', memoryMiB: MEMORY_MIB }];
    vm = (await agent.client.env.create({ name: 'demo', groups })).vms[0] ?? expect.unreachable('there is no VM');
    await guest(`dd if=/dev/urandom of=/dev/shm/data bs=1M count=${USED_MIB} 2>/dev/null`);
  });
  afterEach(async () => {
    await agent.remove();
    if (kind === 'overlay') await run('umount', path.join(root, 'state'));
    await run('umount', root);
    await rm(root, { recursive: true });
  });

  async function mountOverlay(folder: string): Promise<void> {
    const [lower, upper, work] = ['lower', 'upper', 'work'].map((name) => path.join(root, name));
    for (const part of [lower, upper, work]) await mkdir(part ?? '', { mode: 0o711 });
    const options = `lowerdir=${lower},upperdir=${upper},workdir=${work}`;
    await run('mount', '-t', 'overlay', '-o', options, 'tt-test', folder);
  }
  async function guest(command: string): Promise<string> {
    const shell = await agent.shell(vm, PATIENCE_MS);
    try {
      return await shell.run(command, PATIENCE_MS);
    } finally {
      shell.close();
    }
  }
  const show = () => agent.client.vm.show({ vmId: vm.id });

  it('has memory for snapshot after snapshot, and a guest at its limit is told of', async () => {
    const before = await guest('sha256sum < /dev/shm/data');
    const sizes: number[] = [];
    for (const name of ['one', 'two', 'three']) {
      await guest(`dd if=/dev/urandom of=/root/data bs=1M count=${WRITTEN_MIB} conv=fsync 2>/dev/null`);
      const { sizeBytes } = await agent.client.snapshot.create({ envName: 'demo', name });
      sizes.push(Math.round(sizeBytes / MIB));
    }
    const group = await memoryGroup(await onlyGuest());
    const usedMiB = Math.round(Number(await readFile(group.usage, 'utf8')) / MIB);
    process.stdout.write(`${kind}: snapshots of ${sizes.join(', ')} MiB; the group of the VM holds ${usedMiB} MiB\n`);
    // Beyond the limit that it would have on a disk: its memory and 256 MiB more.
    expect(usedMiB).toBeGreaterThan(MEMORY_MIB + 256 + 6);
    expect((await show()).state).toBe('running');
    expect(await guest('sha256sum < /dev/shm/data')).toBe(before);

    // The limit of this VM as it would be with less memory, and a guest that wants what it was allocated.
    await writeFile(group.limit, String((usedMiB + 4) * MIB));
    const shell = await agent.shell(vm, PATIENCE_MS);
    void shell.run('dd if=/dev/urandom of=/root/more bs=1M count=60', PATIENCE_MS).catch(() => {});
    await until('it is killed', async () => (await show()).state === 'failed', PATIENCE_MS);
    shell.close();
    expect((await show()).failure).toMatchObject({ code: 'VM_MEMORY_LIMIT', data: { vmName: vm.name } });
  });

  async function onlyGuest(): Promise<number> {
    return (await agent.guestPids())[0] ?? expect.unreachable('there is no guest');
  }
});

/** The files of a process's memory group, v1 or v2. */
async function memoryGroup(pid: number): Promise<{ limit: string; usage: string }> {
  const text = await readFile(`/proc/${pid}/cgroup`, 'utf8');
  const v1 = /^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(.*)$/m.exec(text)?.[1];
  if (v1 !== undefined) {
    const folder = path.join('/sys/fs/cgroup/memory', v1);
    return { limit: path.join(folder, 'memory.limit_in_bytes'), usage: path.join(folder, 'memory.usage_in_bytes') };
  }
  const folder = path.join('/sys/fs/cgroup', /^0::(.*)$/m.exec(text)?.[1] ?? '');
  return { limit: path.join(folder, 'memory.max'), usage: path.join(folder, 'memory.current') };
}
