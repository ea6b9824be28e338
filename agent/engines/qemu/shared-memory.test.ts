// Forks that map one RAM file, with a QEMU that can (8.2 or newer): what one of them writes neither another nor the file sees, and no
// user of a VM can change it.
// @module-tag long
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readMemoryUse } from '../../host/memory-use.ts';
import { runCommand } from '../../host/run-command.ts';
import { newerQemu, newerQemuProblem } from '../../testing/newer-qemu.ts';
import { SavedGuests } from './test-saved-guests.ts';

const TAG = 'tt-a';
const MIB = 1024 * 1024;

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** What a process of this user that is in this folder, as one that broke out of QEMU, says of a command; '' if it worked. */
async function tried(user: { uid: number; gid: number }, cwd: string, command: string, ...args: string[]) {
  const ran = await runCommand(command, args, { timeoutMs: 10_000, okExitCodes: [0, 1], user, cwd });
  return ran.stderr;
}

describe.skipIf(newerQemuProblem !== null)(`forks of one RAM file (${newerQemuProblem ?? 'QEMU of Debian 13'})`, () => {
  let saved: SavedGuests;
  beforeEach(async () => {
    saved = await SavedGuests.make((await newerQemu()).binary);
  });
  afterEach(() => saved.remove());

  const ramFile = (id: string) => `${saved.guests.storage.folderOf(id)}/ram-${TAG}.flat`;

  async function fork(id: string) {
    const { engine, snapshots } = saved;
    const { signal } = new AbortController();
    await snapshots.clone('vm1', TAG, id, { signal, sharesMemory: engine.sharesMemory });
    return saved.start(id, { load: await snapshots.loadInto(id, TAG, { isFresh: true }) });
  }

  it('go on by themselves, and share what they do not change', async () => {
    expect(saved.engine.sharesMemory).toBe(true);
    const { vm } = await saved.start('vm1');
    await saved.run(vm, 'echo apple > /dev/shm/word; dd if=/dev/urandom of=/dev/shm/much bs=1M count=24 2> /dev/null');
    await saved.save(vm, TAG);

    const two = await fork('vm2');
    const three = await fork('vm3');
    const files = await Promise.all(['vm1', 'vm2', 'vm3'].map((id) => lstat(ramFile(id))));
    expect(new Set(files.map(({ ino }) => ino)).size).toBe(1);
    for (const [id, { vm: fork }] of [
      ['vm2', two],
      ['vm3', three],
    ] as const) {
      const maps = await readFile(`/proc/${fork.process.pid}/maps`, 'utf8');
      // Private, and the inode of that file.
      const line = maps.split('\n').find((one) => one.endsWith(ramFile(id)));
      expect(line).toMatch(new RegExp(`rw-p 0+ \\S+ ${files[0]?.ino} `));
    }
    const before = await hashOf(ramFile('vm1'));

    // Read by both, so that the pages are there; written by one.
    await saved.run(two.vm, 'dd if=/dev/shm/much of=/dev/null bs=1M');
    await saved.run(three.vm, 'dd if=/dev/shm/much of=/dev/null bs=1M');
    const used = await readMemoryUse(three.vm.process);
    // At least half of what both have read is counted for the other one.
    expect((used?.residentBytes ?? 0) - (used?.proportionalBytes ?? 0)).toBeGreaterThan(12 * MIB);
    await saved.run(two.vm, 'echo pear > /dev/shm/word; dd if=/dev/zero of=/dev/shm/much bs=1M count=24 2> /dev/null');
    await saved.run(vm, 'echo plum > /dev/shm/word');
    expect(await saved.run(three.vm, 'cat /dev/shm/word')).toBe('apple');
    expect(await saved.run(two.vm, 'cat /dev/shm/word')).toBe('pear');
    expect(await hashOf(ramFile('vm1'))).toBe(before);

    // Neither the user of a VM, whose folder it is in, can change it, nor can anybody else read it.
    const user = two.spec.confinement ?? { uid: 0, gid: 0 };
    const other = three.spec.confinement ?? { uid: 0, gid: 0 };
    expect([user.uid, other.uid].includes(0)).toBe(false);
    const folder = saved.guests.storage.folderOf('vm2');
    const name = path.basename(ramFile('vm2'));
    expect(await tried(user, folder, 'dd', 'if=/dev/zero', `of=${name}`, 'conv=notrunc', 'count=1')).toMatch(/denied/);
    expect(await tried(user, folder, 'chmod', '0666', name)).toMatch(/not permitted/);
    expect(await tried(user, folder, 'head', '-c', '1', name)).toBe('');
    expect(await tried(other, folder, 'head', '-c', '1', name)).toMatch(/denied/);
    expect(await tried(other, '/', 'head', '-c', '1', ramFile('vm2'))).toMatch(/denied/);
    expect(await hashOf(ramFile('vm2'))).toBe(before);

    // The file is there as long as somebody has a name of it; those who run need none.
    for (const one of [vm, two.vm, three.vm]) await saved.snapshots.delete(one.id, TAG, one);
    await expect(lstat(ramFile('vm3'))).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await saved.run(three.vm, 'cat /dev/shm/word')).toBe('apple');
  }, 300_000);
});
