// The state folder on a full disk: writes use the reserve, then fail as DISK_FULL and change nothing; the database can be
// reopened, and works again once there is space.
// @module-tag real
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openHome } from '../home.ts';
import { DiskReserve } from '../host/disk-reserve.ts';
import { canMount, fillerOf, mountSmallDisk, type SmallDisk, whyNoMount } from '../testing/small-disk.ts';
import { mountLoop } from '../storage/test-loop-mount.ts';
import { StateStore } from './store.ts';

const KIB = 1024;
const full = expect.objectContaining({ code: 'DISK_FULL' });

describe.skipIf(!canMount)(`the state on a full disk${whyNoMount}`, () => {
  let disk: SmallDisk;
  let file: string;
  let reserve: DiskReserve;
  beforeEach(async () => {
    disk = await mountSmallDisk(6);
    file = path.join(disk.folder, 'state.sqlite');
    reserve = new DiskReserve(path.join(disk.folder, 'reserve'), { partBytes: 256 * KIB, parts: 3, spareBytes: 0 });
  });
  afterEach(() => disk.unmount());

  const long = (size: number) => 'x'.repeat(size);

  it('is written to with the space of the reserve, one part at a time', () => {
    reserve.restore();
    const store = new StateStore(file, { reserve });
    store.settings.put('a', 'before');
    disk.fill();
    // More than what is left of the last page and of the journal.
    for (let number = 0; number < 20; number++) store.settings.put('a', long(10_000 + number));
    expect(store.settings.get('a')).toBe(long(10_019));
    store.close();
    // Not all of it at once: guests that run could take the rest.
    expect(reserve.heldBytes).toBeGreaterThan(0);
    expect(reserve.heldBytes).toBeLessThan(3 * 256 * KIB);
  });

  it('refuses what does not fit, alone or in a transaction, changes nothing, and continues when there is space', () => {
    const store = new StateStore(file, { reserve });
    store.settings.put('a', 'before');
    disk.fill();
    const tooMuch = long(1024 * KIB);
    expect(() => store.settings.put('a', tooMuch)).toThrow(full);
    expect(() =>
      store.transaction(() => {
        store.settings.put('b', 1);
        store.settings.put('a', tooMuch);
      }),
    ).toThrow(full);
    expect([store.settings.get('a'), store.settings.get('b')]).toEqual(['before', null]);
    disk.empty();
    store.transaction(() => store.settings.put('a', tooMuch));
    expect(store.settings.get('a')).toBe(tooMuch);
    store.close();
  });

  it('runs a transaction again as a whole, with the space of the reserve', () => {
    reserve.restore();
    const store = new StateStore(file, { reserve });
    disk.fill();
    const seen: unknown[] = [];
    store.transaction(() => {
      seen.push(store.settings.get('first'));
      store.settings.put('first', long(100 * KIB));
      store.settings.put('second', long(100 * KIB));
    });
    // The second run found nothing of the first.
    expect(seen.every((value) => value === null)).toBe(true);
    expect(seen.length).toBeGreaterThan(1);
    store.close();
  });

  it('is opened again, lock and journal included, and makes its reserve whole when there is space', async () => {
    const home = await openHome(disk.folder);
    home.reserve.restore();
    expect(home.reserve.heldBytes).toBe(0);
    new StateStore(home.databaseFile).close();
    await home.release();
    reserve.restore();
    disk.fill();
    const again = await openHome(disk.folder);
    await again.announce({ url: 'http://127.0.0.1:1', authority: null }, new Date());
    const store = new StateStore(again.databaseFile, { reserve: again.reserve });
    store.settings.put('a', 1);
    store.close();
    await again.release();
    expect(reserve.heldBytes).toBeLessThan(3 * 256 * KIB);
    disk.empty();
    reserve.restore();
    expect(reserve.heldBytes).toBe(3 * 256 * KIB);
    expect(readdirSync(path.join(disk.folder, 'reserve')).sort()).toEqual(['part-0', 'part-1', 'part-2']);
  });

  it('is given one part of the reserve, not all, where the file system keeps a share for root', async () => {
    const ext4 = await mountLoop('ext4', 32);
    try {
      const kept = new DiskReserve(path.join(ext4.directory, 'reserve'), { parts: 3, spareBytes: 0 });
      kept.restore();
      fillerOf(path.join(ext4.directory, 'filler')).fill();
      kept.makeSpace();
      expect(kept.heldBytes).toBe(2 * 1024 * KIB);
      kept.makeSpace();
      expect(kept.heldBytes).toBe(2 * 1024 * KIB);
      writeFileSync(path.join(ext4.directory, 'little'), Buffer.alloc(500 * KIB));
    } finally {
      await ext4.remove();
    }
  });

  it('can be locked with not one byte free', async () => {
    await (await openHome(disk.folder)).release();
    disk.fill();
    await (await openHome(disk.folder)).release();
  });
});
