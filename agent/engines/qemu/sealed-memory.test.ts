// Forks that begin in one sealed copy of a saved memory, with a QEMU that opens what it maps for writing: what one of them writes neither
// another nor the copy sees, no user of a VM can change it, and it is gone with the last process.
// @module-tag deep
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findProgram, runCommand } from '../../host/run-command.ts';
import { SavedGuests } from './test-saved-guests.ts';

const TAG = 'tt-a';
const { signal } = new AbortController();
const hasPerl = (await findProgram('perl')) !== null;

async function hashOf(fd: number): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream('', { fd, start: 0, autoClose: false }), hash);
  return hash.digest('hex');
}

describe.skipIf(!hasPerl || process.geteuid?.() !== 0)('forks of one sealed memory', () => {
  let saved: SavedGuests;
  beforeEach(async () => {
    saved = await SavedGuests.make();
  });
  afterEach(() => saved.remove());

  it('go on by themselves, and none can change what the others have', async () => {
    const { snapshots } = saved;
    const { vm } = await saved.start('vm1');
    await saved.run(vm, 'echo apple > /dev/shm/word');
    await saved.save(vm, TAG);
    const sealed = await snapshots.ramOfCopies.seal('vm1', TAG, signal);
    const { sealedFd = -1 } = sealed.source;
    const before = await hashOf(sealedFd);
    const { ino } = await stat(sealed.source.ramFile);
    const fork = async (id: string) => {
      await snapshots.clone('vm1', TAG, id, { signal, sharesMemory: false, withoutRam: true });
      expect(await snapshots.ramFormat(id, TAG)).toBeNull();
      const forked = await saved.start(id, { load: sealed.source });
      const maps = await readFile(`/proc/${forked.vm.process.pid}/maps`, 'utf8');
      expect(maps).toMatch(new RegExp(`rw-p 0+ \\S+ ${ino} +/memfd:tt-memory`));
      return forked;
    };
    const two = await fork('vm2');
    const three = await fork('vm3');
    await saved.run(two.vm, 'echo pear > /dev/shm/word');
    expect(await saved.run(three.vm, 'cat /dev/shm/word')).toBe('apple');
    expect(await saved.run(two.vm, 'cat /dev/shm/word')).toBe('pear');
    expect(await hashOf(sealedFd)).toBe(before);

    // As a process of its user that broke out of QEMU: whatever it opens, it has open for writing.
    const user = two.spec.confinement ?? expect.unreachable('it has one');
    const other = three.spec.confinement ?? expect.unreachable('it has one');
    const tried = async (who: typeof user, command: string, ...args: string[]) => {
      const options = { timeoutMs: 10_000, okExitCodes: [0, 1], user: who, cwd: '/' };
      return (await runCommand(command, args, options)).stderr;
    };
    const copy = `/proc/${two.vm.process.pid}/fd/4`;
    expect(await tried(user, 'head', '-c', '1', copy)).toBe('');
    expect(await tried(user, 'dd', 'if=/dev/zero', `of=${copy}`, 'conv=notrunc', 'count=1')).toMatch(
      /writing.*not permitted/,
    );
    expect(await tried(user, 'truncate', '--size', '0', copy)).toMatch(/not permitted/);
    expect(await tried(user, 'fallocate', '--punch-hole', '--length', '4096', copy)).toMatch(/not permitted/);
    expect(await tried(other, 'head', '-c', '1', copy)).toMatch(/denied/);
    expect(await hashOf(sealedFd)).toBe(before);

    // A fork needs nobody who keeps it, and is saved and forked as any other.
    await sealed.close();
    await saved.save(three.vm, 'tt-b');
    const again = await snapshots.ramOfCopies.seal('vm3', 'tt-b', signal);
    await again.close();
    expect(await saved.run(three.vm, 'cat /dev/shm/word')).toBe('apple');
  }, 300_000);
});
